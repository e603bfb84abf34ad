/**
 * A request's way to an upstream and back: pick a peer, try it, try the next one where that may help, and turn the answer into ours.
 * Knows no protocol. One object for each request that is forwarded.
 */

import type { ResponseHead } from "../http/message/response-head.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Response } from "../http/response.ts";
import { accelBuffering } from "./accel-fields.ts";
import { AnswerBody, type AnswerSource } from "./answer-body.ts";
import type { AnswerFraming } from "./answer-framing.ts";
import { answerReplacement } from "./answer-replacement.ts";
import { Attempt } from "./attempt.ts";
import type { AttemptListener } from "./attempt-listener.ts";
import type { Balancer, PeerOutcome, Selection } from "./balancer.ts";
import { type LoggedUpstream, logFailure, logRepeatedField, logUpstream } from "./forward-log.ts";
import type { ForwardPlan } from "./forward-plan.ts";
import { conditionOfStatus, maySendAgain, triesNext } from "./next-upstream.ts";
import type { Peer } from "./peer.ts";
import { recordAttempt, recordNoPeer } from "./record-attempt.ts";
import type { RequestPayload } from "./request-payload.ts";
import { type RepeatedField, responseFrom } from "./response-fields.ts";
import { statusOfBodyFailure } from "./streamed-body.ts";
import { startTunnel } from "./tunnel.ts";
import type { UpstreamConnection } from "./upstream-connection.ts";
import { statusOfFailure, UpstreamError } from "./upstream-error.ts";
import type { UpstreamTarget } from "./upstream-protocol.ts";

export class Forward implements AttemptListener, AnswerSource, Selection {
  tried: Peer[] | undefined = undefined;
  usesBackup = false;
  private readonly r: RequestContext;
  private readonly plan: ForwardPlan;
  private readonly target: UpstreamTarget;
  private readonly balancer: Balancer;
  private readonly payload: RequestPayload;
  private readonly settle: (verdict: Verdict) => void;
  private readonly startedAtMs: number;
  /** Attempts of the location that an internal redirect came from. */
  private readonly statesBefore: number;
  private triesLeft: number;
  private isRequestSent = false;
  private hasRetriedStale = false;
  private isSettled = false;
  private attempt: Attempt | undefined;
  /** The peer whose connection is counted. */
  private heldPeer: Peer | undefined;
  private body: AnswerBody | undefined;
  private head: ResponseHead | undefined;

  constructor(
    r: RequestContext,
    plan: ForwardPlan,
    target: UpstreamTarget,
    balancer: Balancer,
    payload: RequestPayload,
    settle: (verdict: Verdict) => void,
  ) {
    this.r = r;
    this.plan = plan;
    this.target = target;
    this.balancer = balancer;
    this.payload = payload;
    this.settle = settle;
    this.startedAtMs = performance.now();
    this.statesBefore = r.upstreamStates?.length ?? 0;
    const { triesMax } = plan.settings.nextUpstream;
    this.triesLeft = triesMax > 0 ? Math.min(triesMax, balancer.tries) : balancer.tries;
  }

  start(): void {
    if (!this.plan.settings.ignoreClientAbort) this.r.exchange.onGone = () => this.clientGone();
    this.tryNext();
  }

  attemptFailed(attempt: Attempt, error: UpstreamError): void {
    this.isRequestSent ||= attempt.isRequestSent;
    if (this.retriesStale(attempt, error)) return;
    const known =
      attempt.hasAnswerBytes || attempt.stage === "connecting to upstream"
        ? error
        : this.plan.protocol.diagnoseSilence(error, this.payload.head);
    attempt.state.errorCode = known.causeCode;
    logFailure(this.r, known, attempt.stage, this.upstream);
    if (attempt.stage === "reading upstream") {
      this.releasePeer("ok");
      this.body?.fail(known);
      return;
    }
    this.releasePeer("failed");
    this.triesLeft--;
    attempt.state.status = statusOfFailure(known.kind);
    if (triesNext(this.plan.settings.nextUpstream, known.kind, this.facts())) this.tryNext();
    else this.answer(attempt.state.status);
  }

  requestBodyFailed(_attempt: Attempt, error: Error): void {
    this.releasePeer("ok");
    logUpstream(this.r, "info", `client's request body could not be read: ${error.message}`, this.upstream);
    // An answer that has begun cannot be completed, since nobody reads on.
    this.body?.fail(error);
    this.answer(this.r.exchange.gone ? 499 : statusOfBodyFailure(this.r));
  }

  answered(attempt: Attempt, head: ResponseHead, framing: AnswerFraming, rest: Buffer): void {
    this.isRequestSent = true;
    const { settings } = this.plan;
    if (head.status === 101) {
      this.upgrade(attempt, head, rest);
      return;
    }
    const condition = conditionOfStatus(head.status);
    if (condition !== undefined && triesNext(settings.nextUpstream, condition, this.facts(this.triesLeft - 1))) {
      attempt.close();
      this.releasePeer(condition === "http_403" || condition === "http_404" ? "next" : "failed");
      this.triesLeft--;
      this.tryNext();
      return;
    }
    this.r.upstreamHead = head;
    this.head = head;
    const suspicion = this.plan.protocol.suspicionOf(head);
    if (suspicion !== "") logUpstream(this.r, "warn", suspicion, this.upstream);
    const replacement = answerReplacement(this.r, head, settings, this.upstream);
    if (replacement === undefined) {
      this.deliver(attempt, head, framing, rest);
      return;
    }
    attempt.close();
    this.releasePeer("ok");
    this.answer(replacement);
  }

  bodyComplete(_attempt: Attempt, connection: UpstreamConnection, isReusable: boolean): void {
    const { protocol } = this.plan;
    if (isReusable && protocol.keepsAlive && this.head?.connectionClose === false) {
      this.target.group.pool.put(connection, this.target.group.keepalive);
    } else {
      connection.close();
    }
    this.releasePeer("ok");
    // From here on the client may close its side and still gets what is left.
    if (this.body !== undefined) this.r.exchange.onGone = undefined;
    this.body?.finish();
  }

  pieceTaken(): void {
    this.attempt?.releaseChunk();
  }

  resumeAnswer(): void {
    this.attempt?.resumeAnswer();
  }

  abandonAnswer(): void {
    if (this.plan.settings.ignoreClientAbort && this.r.exchange.gone && this.attempt?.isPayloadWritten === true) {
      // Told to let the application finish: the rest is read and thrown away. (What it has not got of the request is gone with the client.)
      this.resumeAnswer();
      return;
    }
    this.attempt?.close();
    this.releasePeer("ok");
  }

  spillFailed(error: Error): void {
    logUpstream(this.r, "crit", `temporary file for an upstream's answer failed: ${error.message}`, this.upstream);
  }

  private clientGone(): void {
    if (this.isSettled) return;
    logUpstream(this.r, "info", "client prematurely closed connection, so upstream connection is closed too", this.upstream);
    this.attempt?.close();
    this.releasePeer("ok");
    this.answer(499);
  }

  private tryNext(): void {
    const peer = this.balancer.pick(this, performance.now());
    if (peer === undefined) {
      this.noLivePeers();
      return;
    }
    this.heldPeer = peer;
    const { group } = this.target;
    const usesPool = this.plan.protocol.keepsAlive && group.keepalive.idleMax > 0 && !this.hasRetriedStale;
    this.begin(peer, usesPool ? group.pool.take(peer.address.text) : undefined);
  }

  private begin(peer: Peer, reused: UpstreamConnection | undefined): void {
    const { r } = this;
    const state = recordAttempt(r, peer.address.text, this.statesBefore);
    r.trace?.({ step: "upstream", text: `${this.target.group.name}: ${peer.address.text}`, won: true });
    const attempt = new Attempt(this, this.plan, this.payload, r.method, peer, state, reused);
    this.attempt = attempt;
    attempt.start();
  }

  private noLivePeers(): void {
    recordNoPeer(this.r, this.target.group.name, this.statesBefore);
    const error = new UpstreamError("no_live_peers", "no live upstreams");
    logFailure(this.r, error, "connecting to upstream", { ...this.upstream, peerText: this.target.group.name });
    this.answer(502);
  }

  /** A kept connection that the peer closed as the request was sent says nothing about the peer: once, a fresh one is tried. */
  private retriesStale(attempt: Attempt, error: UpstreamError): boolean {
    const isStale = attempt.isReused && !attempt.hasAnswerBytes && error.kind === "error" && !this.hasRetriedStale;
    if (!isStale || this.isSettled) return false;
    if (!maySendAgain(this.plan.settings.nextUpstream, this.r.method, this.payload.body.kind === "stream")) return false;
    this.hasRetriedStale = true;
    // The attempt never happened as far as the variables and the peer's health are concerned.
    this.r.upstreamStates?.pop();
    this.begin(attempt.peer, undefined);
    return true;
  }

  private upgrade(attempt: Attempt, head: ResponseHead, rest: Buffer): void {
    const { r } = this;
    const { exchange } = r;
    if (r.head.upgrade === undefined || exchange.tunnel === undefined) {
      attempt.close();
      attempt.state.status = 502;
      attempt.state.errorCode = "unrequested_upgrade";
      this.releasePeer("failed");
      const error = new UpstreamError("unrequested_upgrade", "upstream sent an unrequested 101 answer");
      logFailure(r, error, "reading response header from upstream", this.upstream);
      this.answer(502);
      return;
    }
    r.upstreamHead = head;
    exchange.onGone = undefined;
    this.isSettled = true;
    const response = responseFrom(r, head, undefined, this.plan.settings.fields, (field) => logRepeatedField(r, field, this.upstream));
    const upgrade = head.field("upgrade");
    if (upgrade !== undefined) response.fields.push("Upgrade", upgrade);
    startTunnel(r, exchange, response, attempt.releaseConnection(), rest, this.plan.settings.timeouts, () => {
      attempt.count();
      this.releasePeer("ok");
    });
  }

  private deliver(attempt: Attempt, head: ResponseHead, framing: AnswerFraming, rest: Buffer): void {
    const { settings } = this.plan;
    const repeated = (field: RepeatedField): void => logRepeatedField(this.r, field, this.upstream);
    if (framing.isEmpty || (framing.kind === "length" && rest.length >= head.contentLength)) {
      // All of it came with the head: no stream is needed.
      const whole = framing.takeWhole(rest);
      attempt.state.responseLength = whole?.length ?? 0;
      if (framing.surplus > 0) {
        const message = 'upstream sent more data than specified in "Content-Length" header while reading upstream';
        logUpstream(this.r, "warn", message, this.upstream);
      }
      const response = responseFrom(this.r, head, whole, settings.fields, repeated);
      attempt.complete(true);
      this.answer(response);
      return;
    }
    const mode = accelBuffering(head, settings.fields.ignored, settings.bufferingMode);
    const body = new AnswerBody(this, mode === "buffered" ? settings.buffered : settings.unbuffered);
    this.body = body;
    const response = responseFrom(this.r, head, body, settings.fields, repeated);
    attempt.streamTo(body, rest);
    this.answer(response);
    // nginx: a client that closes its side while an upstream works for it has gone; the exchange aborts the body itself.
    if (!settings.ignoreClientAbort && !body.isComplete) this.r.exchange.onGone = () => undefined;
  }

  private answer(verdict: Verdict | Response): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.r.exchange.onGone = undefined;
    this.settle(verdict);
  }

  private releasePeer(outcome: PeerOutcome): void {
    const peer = this.heldPeer;
    if (peer === undefined) return;
    this.heldPeer = undefined;
    if (this.balancer.release(peer, outcome, performance.now())) {
      logUpstream(this.r, "warn", "upstream server temporarily disabled", { ...this.upstream, peerText: peer.address.text });
    }
  }

  private facts(triesLeft = this.triesLeft) {
    return {
      method: this.r.method,
      isRequestSent: this.isRequestSent,
      isBodyStreamed: this.payload.body.kind === "stream",
      triesLeft,
      elapsedMs: performance.now() - this.startedAtMs,
    };
  }

  private get upstream(): LoggedUpstream {
    const peerText = this.heldPeer?.address.text ?? this.attempt?.peer.address.text ?? this.target.group.name;
    return { protocol: this.plan.protocol, target: this.target, peerText };
  }
}

/**
 * A request's way to an upstream and back: pick a peer, try it, try the next one where that may help, and turn the answer into ours.
 * Knows no protocol. One object for each request that is forwarded.
 */

import type { ResponseHead } from "../http/message/response-head.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Response } from "../http/response.ts";
import type { AnswerBody, AnswerSource } from "./answer-body.ts";
import type { AnswerFraming } from "./answer-framing.ts";
import { answerReplacement } from "./answer-replacement.ts";
import { Attempt } from "./attempt.ts";
import type { AttemptListener, AttemptStage } from "./attempt-listener.ts";
import type { PeerOutcome } from "./balancer.ts";
import { createAnswerBody, passWhole } from "./create-answer-body.ts";
import { createAttempt } from "./create-attempt.ts";
import { type EarlyHints, earlyHintsFor } from "./early-hints.ts";
import { type LoggedUpstream, logDisabled, logFailure, logRepeatedField, logTunnelFailure, logUpstream } from "./forward-log.ts";
import type { ForwardPlan, ForwardRoute } from "./forward-plan.ts";
import { conditionOfStatus } from "./next-upstream.ts";
import { TrailerPassage } from "./pass-trailers.ts";
import type { Peer } from "./peer.ts";
import { PeerChoice } from "./peer-choice.ts";
import { RangedBody } from "./ranged-body.ts";
import { recordAttempt, recordNoPeer } from "./record-attempt.ts";
import type { RequestPayload } from "./request-payload.ts";
import { requestedUpgrade } from "./requested-upgrade.ts";
import { type RepeatedField, responseFrom } from "./response-fields.ts";
import { mayRetryAtOnce } from "./retry-at-once.ts";
import { statusOfBodyFailure } from "./streamed-body.ts";
import { poolKey } from "./transport.ts";
import { startTunnel } from "./tunnel.ts";
import type { UpstreamAttempt } from "./upstream-attempt.ts";
import type { UpstreamConnection } from "./upstream-connection.ts";
import { statusOfFailure, UpstreamError } from "./upstream-error.ts";

/** HTTP/2 tells of a head before its body, though a small one comes in the same read: head and body leave together all the same. */
const SMALL_BODY_BYTES = 16_384;

export class Forward implements AttemptListener, AnswerSource {
  hints: EarlyHints | undefined = undefined;
  private readonly r: RequestContext;
  private readonly plan: ForwardPlan;
  private readonly route: ForwardRoute;
  private readonly payload: RequestPayload;
  private readonly settle: (verdict: Verdict) => void;
  private readonly peers: PeerChoice;
  /** Attempts of the location that an internal redirect came from. */
  private readonly statesBefore: number;
  private hasRetriedStale = false;
  private isSettled = false;
  private attempt: UpstreamAttempt | undefined;
  private body: AnswerBody | undefined;
  private head: ResponseHead | undefined;
  private framing: AnswerFraming | undefined;
  private trailers: TrailerPassage | undefined;

  constructor(r: RequestContext, plan: ForwardPlan, route: ForwardRoute, payload: RequestPayload, settle: (verdict: Verdict) => void) {
    this.r = r;
    this.plan = plan;
    this.route = route;
    this.payload = payload;
    this.settle = settle;
    const key = route.target.group.keyOf?.(r) ?? "";
    this.peers = new PeerChoice(r.method, key, route.balancer, plan.settings.nextUpstream, payload.body.kind === "stream");
    this.statesBefore = r.upstreamStates?.length ?? 0;
  }

  start(): void {
    if (!this.plan.settings.ignoreClientAbort) this.r.exchange.onGone = () => this.clientGone();
    this.tryNext();
  }

  attemptFailed(attempt: UpstreamAttempt, error: UpstreamError): void {
    this.peers.isRequestSent ||= attempt.isRequestSent;
    if (this.retriesStale(attempt, error)) return;
    const known = attempt.hasAnswerBytes || !attempt.isRequestSent ? error : this.plan.protocol.diagnoseSilence(error, this.payload.head);
    attempt.state.errorCode = known.causeCode;
    logFailure(this.r, known, attempt.stage, this.upstream);
    if (attempt.stage === "reading upstream") {
      this.releasePeer("ok");
      this.body?.fail(known);
      return;
    }
    this.releasePeer("failed", attempt.stage);
    attempt.state.status = statusOfFailure(known.kind);
    if (this.peers.triesAfter(known.kind)) this.tryNext();
    else this.answer(attempt.state.status);
  }

  requestBodyFailed(_attempt: UpstreamAttempt, error: Error): void {
    this.releasePeer("ok");
    logUpstream(this.r, "info", `client's request body could not be read: ${error.message}`, this.upstream);
    // An answer that has begun cannot be completed, since nobody reads on.
    this.body?.fail(error);
    this.answer(this.r.exchange.gone ? 499 : statusOfBodyFailure(this.r));
  }

  answered(attempt: UpstreamAttempt, head: ResponseHead, framing: AnswerFraming, rest: Buffer): void {
    this.peers.isRequestSent = true;
    if (head.status === 101) {
      this.upgrade(attempt, head, rest);
      return;
    }
    const condition = conditionOfStatus(head.status);
    if (condition !== undefined && this.peers.triesAfter(condition)) {
      attempt.close();
      this.releasePeer(condition === "http_403" || condition === "http_404" ? "next" : "failed");
      this.tryNext();
      return;
    }
    this.r.upstreamHead = head;
    this.head = head;
    const remark = this.plan.protocol.remarkOn(head, this.payload.head);
    if (remark !== undefined) logUpstream(this.r, remark.level, remark.message, this.upstream);
    const replacement = answerReplacement(this.r, head, this.plan.settings, this.upstream);
    if (replacement === undefined) {
      this.deliver(attempt, head, framing, rest);
      return;
    }
    // An answer that is here as a whole leaves its connection good for another.
    if (framing.isEmpty && rest.length === 0) attempt.complete(true);
    else attempt.close();
    this.releasePeer("ok");
    this.answer(replacement);
  }

  bodyComplete(_attempt: UpstreamAttempt, connection: UpstreamConnection | undefined, isReusable: boolean): void {
    const { target, transport } = this.route;
    const mayKeep = isReusable && this.plan.protocol.keepsAlive && transport.preface === undefined && this.head?.connectionClose === false;
    if (connection !== undefined && mayKeep) target.group.pool.put(connection, target.group.keepalive);
    else connection?.close();
    const complaint = this.framing?.complaint;
    if (complaint !== undefined) logUpstream(this.r, complaint.level, `${complaint.message} while reading upstream`, this.upstream);
    this.trailers?.pass();
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
    const peer = this.peers.pick();
    // The client may have gone while the peer was asked for.
    if (peer instanceof Promise) void peer.then((picked) => (this.isSettled ? this.releasePeer("ok") : this.tryPeer(picked)));
    else this.tryPeer(peer);
  }

  private tryPeer(peer: Peer | undefined): void {
    if (peer === undefined) {
      this.noLivePeers();
      return;
    }
    const { transport, target } = this.route;
    const { group } = target;
    const usesPool =
      this.plan.protocol.keepsAlive && group.keepalive.idleMax > 0 && transport.preface === undefined && !this.hasRetriedStale;
    this.begin(peer, usesPool ? group.pool.take(poolKey(peer.address.text, transport)) : undefined);
  }

  private begin(peer: Peer, reused: UpstreamConnection | undefined): void {
    const { r, plan, route, payload } = this;
    const state = recordAttempt(r, peer.address.text, this.statesBefore);
    r.trace?.({ step: "upstream", text: `${route.target.group.name}: ${peer.address.text}`, won: true });
    this.hints = earlyHintsFor(r, plan);
    this.attempt = createAttempt(this, { plan, route, payload, method: r.method, peer, state, reused });
    if (this.attempt === undefined) this.noConnections();
    else this.attempt.start();
  }

  private noLivePeers(): void {
    recordNoPeer(this.r, this.route.target.group.name, this.statesBefore);
    const error = new UpstreamError("no_live_peers", "no live upstreams");
    logFailure(this.r, error, "connecting to upstream", { ...this.upstream, peerText: this.route.target.group.name });
    this.answer(502);
  }

  /** nginx tries no other peer then. */
  private noConnections(): void {
    const limit = `${this.plan.connections.workerConnections} worker_connections`;
    logUpstream(this.r, "alert", `${limit} are not enough while connecting to upstream`, this.upstream);
    this.releasePeer("ok");
    this.answer(500);
  }

  /** Once, over a fresh connection, the same peer. */
  private retriesStale(attempt: UpstreamAttempt, error: UpstreamError): boolean {
    if (this.hasRetriedStale || this.isSettled) return false;
    const sent = { method: this.r.method, isStreamed: this.payload.body.kind === "stream" };
    if (!mayRetryAtOnce(attempt, error, this.plan.settings.nextUpstream, sent)) return false;
    this.hasRetriedStale = true;
    // The attempt never happened as far as the variables and the peer's health are concerned.
    this.r.upstreamStates?.pop();
    this.begin(attempt.peer, undefined);
    return true;
  }

  private upgrade(attempt: UpstreamAttempt, head: ResponseHead, rest: Buffer): void {
    const { r } = this;
    const { settings } = this.plan;
    // A body that is still being sent cannot be told from what comes behind the upgrade.
    const isExpected = requestedUpgrade(r.head) !== undefined && attempt.isPayloadWritten && r.exchange.tunnel !== undefined;
    if (!isExpected || !(attempt instanceof Attempt)) {
      attempt.end(new UpstreamError("unrequested_upgrade", "upstream sent an unrequested 101 answer"));
      return;
    }
    r.upstreamHead = head;
    r.exchange.onGone = undefined;
    this.isSettled = true;
    const response = responseFrom(r, head, undefined, settings.fields, (field) => logRepeatedField(r, field, this.upstream));
    startTunnel(r, response, attempt.releaseConnection(), rest, settings.tunnel, {
      failed: (error) => {
        attempt.state.errorCode = error.causeCode;
        logTunnelFailure(r, error, this.upstream);
      },
      released: () => {
        attempt.count();
        this.releasePeer("ok");
      },
    });
  }

  private deliver(attempt: UpstreamAttempt, head: ResponseHead, framing: AnswerFraming, rest: Buffer): void {
    const { settings } = this.plan;
    const repeated = (field: RepeatedField): void => logRepeatedField(this.r, field, this.upstream);
    this.framing = framing;
    if (framing.isWholeIn(rest)) {
      if (settings.bufferingMode === "unbuffered") passWhole(this.r, head, settings);
      // All of it came with the head: no stream is needed.
      const whole = framing.takeWhole(rest);
      attempt.state.responseLength = whole?.length ?? 0;
      const response = responseFrom(this.r, head, whole, settings.fields, repeated);
      attempt.complete(true);
      this.answer(response);
      return;
    }
    const body = createAnswerBody(this, this.r, head, settings);
    this.body = body;
    body.startsSoon = this.plan.http2 !== undefined && framing.kind === "length" && head.contentLength <= SMALL_BODY_BYTES;
    const passed = settings.fields.forceRanges ? new RangedBody(body) : body;
    const response = responseFrom(this.r, head, passed, settings.fields, repeated);
    if (this.plan.passesTrailers) this.trailers = new TrailerPassage(this.r, head, framing, response, settings.fields);
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

  private releasePeer(outcome: PeerOutcome, stage: AttemptStage = "reading response header from upstream"): void {
    const disabled = this.peers.release(outcome);
    if (disabled instanceof Promise) void disabled.then((peer) => logDisabled(this.r, peer, stage, this.upstream));
    else if (disabled !== undefined) logDisabled(this.r, disabled, stage, this.upstream);
  }

  private get upstream(): LoggedUpstream {
    const peerText = this.peers.held?.address.text ?? this.attempt?.peer.address.text ?? this.route.target.group.name;
    return { protocol: this.plan.protocol, target: this.route.target, peerText };
  }
}

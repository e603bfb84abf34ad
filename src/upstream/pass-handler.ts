/** The content handler of a location that forwards: finds the target, reads the body where it is to be buffered, and starts a Forward. */

import type { Verdict } from "../http/phase.ts";
import type { BufferedBody } from "../http/request-body.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import { explainForward, type PassHandler } from "./explain.ts";
import { Forward } from "./forward.ts";
import type { ForwardPlan } from "./forward-plan.ts";
import { rememberTarget } from "./pass-target.ts";
import type { PayloadBody } from "./request-payload.ts";
import { isStreamedAway } from "./streamed-body.ts";
import { describeTls } from "./tls/describe-tls.ts";
import { PLAIN_TRANSPORT } from "./transport.ts";
import { UPSTREAM_CAUSES } from "./upstream-error.ts";
import { UnencodableRequest, type UpstreamTarget } from "./upstream-protocol.ts";

/** The target of a request; a number is the status to answer instead, already logged. */
export type FindTarget = (r: RequestContext) => UpstreamTarget | number;

export function createPassHandler(plan: ForwardPlan, findTarget: FindTarget): PassHandler {
  const handle = (r: RequestContext): Verdict | Promise<Verdict> => {
    const target = findTarget(r);
    if (typeof target === "number") return target;
    rememberTarget(r, target);
    const { body } = r.exchange;
    if (!plan.protocol.takesBody || (body.declaredLength === 0 && !hasEmptyFile(plan, r)))
      return send(r, plan, target, { kind: "none" }, 0);
    if (isStreamedAway(r)) return sendWithoutBody(r, plan, target);
    if (body.buffered === undefined && !isBuffered(plan, r))
      return send(r, plan, target, { kind: "stream", body, isChunked: body.declaredLength < 0 }, body.declaredLength);
    const read = body.buffer(r.location.settings.bodyBuffering);
    return read instanceof Promise ? read.then((result) => sendBuffered(r, plan, target, result)) : sendBuffered(r, plan, target, read);
  };
  const explain = (r: RequestContext) => {
    const target = findTarget(r);
    if (typeof target === "number")
      return { protocol: "none", problem: `the address evaluates to nothing that can be used: ${target}` } as const;
    rememberTarget(r, target);
    const transport = plan.findTransport === undefined ? PLAIN_TRANSPORT : plan.findTransport(r, target);
    if (typeof transport === "number")
      return { protocol: "none", problem: `no connection can be made, and the answer is ${transport}: see the error log` } as const;
    if (transport.tls !== undefined) r.trace?.({ step: "tls", text: describeTls(transport.tls) });
    return explainForward(r, plan.protocol, target, Math.max(0, r.exchange.body.declaredLength));
  };
  return Object.assign(handle, { explain });
}

/** A body of unknown length has to be read first, unless the protocol has a way to send it in pieces. */
function isBuffered(plan: ForwardPlan, r: RequestContext): boolean {
  const { requestBuffering, passRequestBody } = plan.settings;
  return requestBuffering || !passRequestBody || (r.exchange.body.declaredLength < 0 && !plan.protocol.sendsChunks);
}

/** nginx: where all bodies go to files, one that is declared and empty has a file as well. */
function hasEmptyFile(plan: ForwardPlan, r: RequestContext): boolean {
  return r.location.settings.bodyBuffering.file !== "when needed" && r.head.contentLength !== undefined && isBuffered(plan, r);
}

/** A page or file can be had without the body; what would act on it is not asked to act on nothing. */
function sendWithoutBody(r: RequestContext, plan: ForwardPlan, target: UpstreamTarget): Verdict | Promise<Verdict> {
  if (plan.protocol.name === "http" && (r.method === "GET" || r.method === "HEAD")) return send(r, plan, target, { kind: "none" }, 0);
  logRequestError(r, "error", "the request body went to another upstream as it came and cannot be sent again");
  return 502;
}

function sendBuffered(
  r: RequestContext,
  plan: ForwardPlan,
  target: UpstreamTarget,
  read: BufferedBody | number,
): Verdict | Promise<Verdict> {
  if (typeof read === "number") return read;
  if (!plan.settings.passRequestBody || read.length === 0) return send(r, plan, target, { kind: "none" }, 0);
  if (read.memory !== undefined) return send(r, plan, target, { kind: "memory", bytes: read.memory }, read.length);
  if (read.fd === undefined) return 500;
  return send(r, plan, target, { kind: "file", fd: read.fd, length: read.length }, read.length);
}

function send(r: RequestContext, plan: ForwardPlan, target: UpstreamTarget, body: PayloadBody, length: number): Verdict | Promise<Verdict> {
  const { protocol } = plan;
  const replacement = protocol.replacementBody(r);
  const sentBody: PayloadBody =
    replacement === undefined
      ? body
      : replacement === ""
        ? { kind: "none" }
        : { kind: "memory", bytes: Buffer.from(replacement, "latin1") };
  const head = protocol.encodeHead(r, target, replacement?.length ?? length);
  if (head instanceof UnencodableRequest) {
    logRequestError(r, head.level, head.message);
    return 500;
  }
  const transport = plan.findTransport === undefined ? PLAIN_TRANSPORT : plan.findTransport(r, target);
  if (typeof transport === "number") return transport;
  const { group } = target;
  const begin = (): Promise<Verdict> | number => {
    if (r.exchange.gone && !plan.settings.ignoreClientAbort) return 499;
    const { balancer } = group;
    if (balancer === undefined) return 502;
    return new Promise((settle) => {
      new Forward(r, plan, { target, transport, balancer }, { head, body: sentBody }, settle).start();
    });
  };
  if (group.isReady) {
    group.completeLater();
    return begin();
  }
  return group.prepare().then((failure) => {
    if (failure === "") return begin();
    const remedy = UPSTREAM_CAUSES.host_not_found.remedy;
    logRequestError(r, "error", failure, { cause: "host_not_found", remedy });
    return 502;
  });
}

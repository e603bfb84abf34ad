/** Runs one request through the serving code of a snapshot, without a socket, and writes down what was decided. */

import type { Snapshot } from "../../boot/snapshot.ts";
import { refusedHead } from "../../http/connection/refused-head.ts";
import { handleRequest, refuseRequest } from "../../http/handle-request.ts";
import { HeadRefusal } from "../../http/message/head-refusal.ts";
import { HeadIncomplete, parseRequestHead } from "../../http/message/parse-request-head.ts";
import { RequestContext } from "../../http/request-context.ts";
import type { TraceStep } from "../../http/trace.ts";
import { isExplainable } from "../../upstream/explain.ts";
import { describeAnswer } from "./describe-answer.ts";
import { describeUpstream } from "./describe-upstream.ts";
import { createExplainedExchange } from "./explained-exchange.ts";
import { explainTls } from "./explained-tls.ts";
import type { ExplainedUrl } from "./explained-url.ts";
import type { ExplainedStep, ExplainedUpstream, Explanation } from "./explanation.ts";
import { findListen } from "./find-listen.ts";
import { findPlace } from "./place.ts";
import { settingsThatMatter } from "./settings-that-matter.ts";
import { findPassDirective, findStepSpan } from "./step-origin.ts";

export interface ExplainedRequest extends ExplainedUrl {
  readonly method: string;
  /** "Name: value" lines. */
  readonly fields: readonly string[];
}

/** Errors that the request would log, in order with the steps; given to whoever made the snapshot's logs. */
export type ErrorListener = (level: string, message: string) => void;

/** The explanation, or a sentence that says why nothing serves the URL. `listen` hands out what is to hear the snapshot's error log. */
export async function explainRequest(
  snapshot: Snapshot,
  request: ExplainedRequest,
  listen: (listener: ErrorListener) => void,
): Promise<Explanation | string> {
  const found = findListen(snapshot, request);
  if (typeof found === "string") return found;
  const { socket, hosts, why } = found;
  const steps: ExplainedStep[] = [];
  const spoken = explainTls(hosts, request);
  if (typeof spoken === "string") return `${socket.key}: ${spoken}`;
  if (spoken.step !== undefined) steps.push(spoken.step);
  let upstream: ExplainedUpstream | null = null;
  listen((level, message) => steps.push({ step: "error_log", subject: `[${level}]`, text: message, won: null, place: null }));

  const read = parseRequestHead(renderHead(request), 0, hosts.headLimits, hosts.headRules);
  const head = read instanceof HeadIncomplete ? new HeadRefusal(400, "the request head does not end", "") : read;
  const answered = await new Promise<RequestContext>((done) => {
    const isRefused = head instanceof HeadRefusal;
    const exchange = createExplainedExchange(socket, request.host, isRefused ? { kind: "none" } : head.framing, spoken, done);
    const r = new RequestContext(exchange, isRefused ? refusedHead(head) : head, hosts.hosts.defaultServer, performance.now());
    r.trace = (step) => {
      steps.push(describeStep(step, r));
      if (step.handler !== undefined && isExplainable(step.handler)) upstream = describeUpstream(step.handler.explain(r), r.location.block);
    };
    if (isRefused) refuseRequest(r, hosts.hosts, head);
    else handleRequest(r, hosts.hosts);
  });
  const { server, location } = answered;
  const answer = upstream === null ? describeAnswer(answered, steps) : null;
  return {
    request: answered.head.requestLine,
    listen: { address: socket.key, why, place: findPlace(socket.span) },
    steps,
    server: { name: server.name, place: findPlace(server.span) },
    location: { label: location.label, place: findPlace(location.span) },
    settings: settingsThatMatter(location.block, { r: answered, steps, upstream, answer }),
    upstream,
    answer,
  };
}

function renderHead({ method, authority, target, fields }: ExplainedRequest): string {
  const hasHost = fields.some((field) => /^host\s*:/i.test(field));
  const lines = [`${method} ${target} HTTP/1.1`, ...(hasHost ? [] : [`Host: ${authority === "" ? "localhost" : authority}`]), ...fields];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A handler that forwards is told as the directive that made it. */
function describeStep({ step, subject, text, won, span, handler }: TraceStep, r: RequestContext): ExplainedStep {
  const pass = handler === undefined ? undefined : findPassDirective(r.location.block, step);
  if (pass !== undefined) {
    const address = pass.args[0]?.text ?? null;
    return { step: pass.name.text, subject: address, text: "takes the request", won: true, place: findPlace(pass.span) };
  }
  const place = findPlace(span ?? findStepSpan(r.location.block, step, subject));
  return { step, subject: subject ?? null, text, won: won ?? null, place };
}

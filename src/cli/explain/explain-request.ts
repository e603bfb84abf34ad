/** Runs one request through the serving code of a snapshot, without a socket, and writes down what was decided. */

import type { CompiledHosts, CompiledSocket, Snapshot } from "../../boot/snapshot.ts";
import { type Block, originOf } from "../../config/bind.ts";
import { placeOf, type Span } from "../../config/source.ts";
import { refusedHead } from "../../http/connection/refused-head.ts";
import { NO_REQUEST_BODY } from "../../http/connection/request-body-reader.ts";
import type { Exchange } from "../../http/exchange.ts";
import { handleRequest, refuseRequest } from "../../http/handle-request.ts";
import { HeadRefusal } from "../../http/message/head-refusal.ts";
import { HeadIncomplete, parseRequestHead } from "../../http/message/parse-request-head.ts";
import { RequestContext } from "../../http/request-context.ts";
import { isBodyStream, type Response } from "../../http/response.ts";
import { type ExplainedContent, isExplainable } from "../../upstream/explain.ts";
import type { ExplainedRequest } from "./explained-url.ts";
import type { ExplainedAnswer, ExplainedSetting, ExplainedStep, Explanation } from "./explanation.ts";

/** The explanation, or a sentence that says why nothing serves the URL. */
export async function explainRequest(snapshot: Snapshot, request: ExplainedRequest): Promise<Explanation | string> {
  const choice = chooseSocket(snapshot, request);
  if (typeof choice === "string") return choice;
  const { socket, hosts, why } = choice;
  const steps: ExplainedStep[] = [];
  let upstream: ExplainedContent | undefined;

  const r = await new Promise<RequestContext>((resolve) => {
    const exchange = createExchange(socket, request.host, resolve);
    const text = renderHead(request);
    const read = parseRequestHead(text, 0, hosts.headLimits, hosts.headRules);
    const head = read instanceof HeadIncomplete ? new HeadRefusal(400, "the request head does not end", "") : read;
    const context = new RequestContext(
      exchange,
      head instanceof HeadRefusal ? refusedHead(head) : head,
      hosts.hosts.defaultServer,
      performance.now(),
    );
    context.trace = ({ step, text: said, won, span, handler }) => {
      steps.push({ step, text: said, won, place: placeText(span) });
      if (handler !== undefined && isExplainable(handler)) upstream = handler.explain(context);
    };
    if (head instanceof HeadRefusal) {
      steps.push({ step: "request", text: `${head.status}: ${head.reason}`, won: false, place: undefined });
      refuseRequest(context, head.status, head.reason);
    } else {
      handleRequest(context, hosts.hosts);
    }
  });
  return {
    request: r.head.requestLine,
    listen: { address: socket.key, place: placeOf(socket.span), why },
    server: { name: r.server.name, place: placeText(r.server.span) },
    steps,
    location: { label: r.location.label, place: placeText(r.location.span) },
    settings: settingsInForce(r.location.block),
    upstream,
    answer: upstream === undefined ? answerOf(r) : undefined,
  };
}

/** The socket that a client of this URL would reach: by port, then by address. */
function chooseSocket(
  snapshot: Snapshot,
  { host, port: given }: ExplainedRequest,
): { socket: CompiledSocket; hosts: CompiledHosts; why: string } | string {
  const port = given ?? 80;
  const onPort = snapshot.sockets.filter((socket) => socket.bind.port === port);
  const exact = onPort.find((socket) => socket.bind.host === host);
  if (exact !== undefined) return { socket: exact, hosts: exact.defaultHosts, why: "it listens on this address and port" };
  for (const socket of onPort) {
    const hosts = socket.hostsByAddress.get(host);
    if (hosts !== undefined) return { socket, hosts, why: `listen ${host}:${port} is served by the socket of ${socket.key}` };
  }
  const onAny = onPort.find((socket) => socket.bind.host === "0.0.0.0" || socket.bind.host === "::") ?? onPort[0];
  if (onAny !== undefined) return { socket: onAny, hosts: onAny.defaultHosts, why: `it listens on port ${port}` };
  const [first] = snapshot.sockets;
  if (first !== undefined && given === undefined) {
    return {
      socket: first,
      hosts: first.defaultHosts,
      why: "the URL names no port and nothing listens on 80: the first listen of the configuration",
    };
  }
  return `nothing listens on port ${port}: ${snapshot.sockets.map((socket) => socket.key).join(", ") || "there is no server"}`;
}

function renderHead({ method, authority, target, fields }: ExplainedRequest): string {
  const hasHost = fields.some((field) => /^host\s*:/i.test(field));
  const lines = [`${method} ${target} HTTP/1.1`, ...(hasHost ? [] : [`Host: ${authority === "" ? "localhost" : authority}`]), ...fields];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A client that only listens. */
function createExchange(socket: CompiledSocket, host: string, done: (r: RequestContext) => void): Exchange {
  return {
    connection: {
      serial: 1,
      remoteAddress: "127.0.0.1",
      remotePort: "0",
      localAddress: /^[0-9.]+$|:/.test(host) ? host : "127.0.0.1",
      localPort: String(socket.bind.port ?? ""),
      requests: 1,
      openedAtMs: performance.now(),
      tls: false,
    },
    body: NO_REQUEST_BODY,
    gone: false,
    onGone: undefined,
    send: (r: RequestContext, response: Response) => {
      if (isBodyStream(response.body)) response.body.abort();
      response.onDone?.();
      done(r);
    },
    drop: done,
  };
}

function answerOf(r: RequestContext): ExplainedAnswer {
  const { response } = r;
  if (response === undefined) return { status: r.status, contentType: undefined, contentLength: -1, location: undefined, fields: [] };
  const fields: (readonly [string, string])[] = [];
  for (let i = 0; i < response.fields.length; i += 2) fields.push([response.fields[i] ?? "", response.fields[i + 1] ?? ""]);
  const { status, contentType, contentLength, location } = response;
  return { status, contentType, contentLength, location, fields };
}

/** Every directive in force in a block that is written somewhere, from the inside out. */
function settingsInForce(block: Block): readonly ExplainedSetting[] {
  const found: ExplainedSetting[] = [];
  const seen = new Set<string>();
  for (let at: Block | undefined = block; at !== undefined; at = at.parent) {
    for (const [name, origin] of Object.entries(at.origins)) {
      if (seen.has(name) || NOT_SETTINGS.has(origin.name.text) || originOf(block, name) !== origin) continue;
      seen.add(name);
      found.push({ text: sourceText(origin.span), place: placeOf(origin.span), block: blockName(at) });
    }
  }
  return found;
}

/** What names blocks, and what the process reads for itself. */
const NOT_SETTINGS: ReadonlySet<string> = new Set([
  "listen",
  "server_name",
  "types",
  "worker_processes",
  "worker_connections",
  "pid",
  "daemon",
  "user",
  "master_process",
  "log_format",
]);

function blockName(block: Block): string {
  return block.name === "" ? "main" : [block.name, ...block.args.map((arg) => arg.text)].join(" ");
}

function sourceText(span: Span): string {
  return span.source.text.slice(span.start, span.end).replace(/\s+/g, " ");
}

function placeText(span: Span | undefined): string | undefined {
  return span === undefined ? undefined : placeOf(span);
}

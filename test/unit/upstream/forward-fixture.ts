/** A location that forwards, compiled from a configuration, and requests to it without a client connection. */

import { readFileSync } from "node:fs";
import { compileSnapshot } from "../../../src/boot/compile-snapshot.ts";
import { TABLES } from "../../../src/boot/tables.ts";
import { bind } from "../../../src/config/bind.ts";
import type { Diagnostic } from "../../../src/config/diagnostic.ts";
import { parse } from "../../../src/config/parser.ts";
import { createSource } from "../../../src/config/source.ts";
import type { CompiledLocation, CompiledServer } from "../../../src/http/compiled.ts";
import type { Exchange } from "../../../src/http/exchange.ts";
import { HeadIncomplete, parseRequestHead } from "../../../src/http/message/parse-request-head.ts";
import { RequestHead } from "../../../src/http/message/request-head.ts";
import type { Services } from "../../../src/http/module.ts";
import type { Verdict } from "../../../src/http/phase.ts";
import type { BufferedBody, RequestBody } from "../../../src/http/request-body.ts";
import { RequestContext } from "../../../src/http/request-context.ts";
import { type BodySink, isBodyStream, Response } from "../../../src/http/response.ts";
import { matchLocation } from "../../../src/http/routing/location-match.ts";
import { unsupportedDirectives } from "../../../src/modules/unsupported.ts";
import { ConnectionBudget } from "../../../src/net/connection-budget.ts";
import { Deadlines } from "../../../src/net/deadlines.ts";

export interface Logged {
  readonly level: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}

export interface ForwardSite {
  readonly diagnostics: readonly Diagnostic[];
  readonly logged: readonly Logged[];
  request(text: string, body?: string | RequestBody): RequestContext;
  /** Asks the handlers of the request's location. */
  ask(r: RequestContext): Promise<Verdict>;
}

/** `conf` is the content of http, with one server; logs go to `logged`. `prefix` is a directory for temporary files. */
export function compileForwardSite(conf: string, prefix = "/nowhere/"): ForwardSite {
  const source = createSource("/t.conf", `http {\n${conf}\n}`);
  const parsed = parse(source);
  const bound = bind({ statements: parsed.statements, sources: [source] }, TABLES, unsupportedDirectives);
  const diagnostics: Diagnostic[] = [...parsed.diagnostics, ...bound.diagnostics];
  const logged: Logged[] = [];
  const paths = { confPrefix: "/conf/", prefix, errorLog: "stderr" };
  const snapshot = compileSnapshot(bound.root, testServices(logged), paths, diagnostics);
  const server = snapshot.servers[0];
  return {
    diagnostics,
    logged,
    request: (text, body = "") => makeForwardRequest(text, server as CompiledServer, body), // every test's configuration has one
    ask: async (r) => {
      for (const handler of r.location.handlers) {
        const verdict = await handler(r);
        if (verdict !== undefined && verdict !== "allow") return verdict;
      }
      return undefined;
    },
  };
}

/** The answer's status, fields and body, read to its end; `cut` when the body broke off. */
export async function readAnswer(
  verdict: Verdict,
): Promise<{ status: number; fields: readonly string[]; body: string; cut: boolean; response: Response }> {
  if (!(verdict instanceof Response)) throw new Error(`No answer but ${JSON.stringify(verdict)}`);
  const { body, status, fields } = verdict;
  if (!isBodyStream(body))
    return {
      status,
      fields,
      body: body === undefined ? "" : Buffer.from(body as Buffer).toString("latin1"),
      cut: false,
      response: verdict,
    };
  let text = "";
  const cut = await new Promise<boolean>((resolve) => {
    const sink: BodySink = {
      write: (chunk) => {
        text += chunk.toString("latin1");
        return true;
      },
      end: () => resolve(false),
      fail: () => resolve(true),
    };
    body.start(sink);
  });
  return { status, fields, body: text, cut, response: verdict };
}

/** A body as the connection layer hands it over once it has been read. */
export function bufferedBody(text: string, fd?: number): RequestBody {
  const length = fd === undefined ? text.length : readFileSync(fd).length;
  const whole: BufferedBody = { length, memory: fd === undefined ? Buffer.from(text, "latin1") : undefined, fd, path: "" };
  return {
    declaredLength: length,
    received: length,
    buffered: whole,
    buffer: () => whole,
    stream: () => undefined,
    resume: () => undefined,
    giveUp: () => undefined,
    retain: () => () => undefined,
  };
}

function makeForwardRequest(text: string, server: CompiledServer, body: string | RequestBody): RequestContext {
  const limits = { firstBufferBytes: 1024, largeBuffers: 8, largeBufferBytes: 131_072, fieldsMax: 1000 };
  const rules = { underscores_in_headers: false, ignore_invalid_headers: true, strict_http: false, rulesForHost: undefined };
  const head = parseRequestHead(text, 0, limits, rules);
  if (!(head instanceof RequestHead) || head instanceof HeadIncomplete) throw new Error(`Cannot make a request: ${JSON.stringify(head)}`);
  const exchange = {
    connection: {
      serial: 1,
      remoteAddress: "127.0.0.1",
      remotePort: "40000",
      localAddress: "127.0.0.1",
      localPort: "80",
      requests: 1,
      openedAtMs: 0,
      tls: undefined,
      isPlainOnTls: false,
      proxyHeader: undefined,
    },
    body: typeof body === "string" ? bufferedBody(body) : body,
    gone: false,
    onGone: undefined,
    send: () => undefined,
    drop: () => undefined,
  } satisfies Exchange;
  const r = new RequestContext(exchange, head, server, performance.now());
  const [path = "", args = ""] = head.target.split("?");
  r.uri = path;
  r.args = args;
  r.host = head.authority?.host ?? "";
  r.location = matchLocation(server.locations, path)?.payload as CompiledLocation; // every test's configuration has it
  return r;
}

function testServices(logged: Logged[]): Services {
  const kept = new Map<string, unknown>();
  const errorLog = {
    isOn: () => true,
    write: (level: string, _connection: unknown, message: string, context: Logged["context"] = {}) =>
      void logged.push({ level, message, context }),
  };
  const services = {
    deadlines: new Deadlines(),
    connections: new ConnectionBudget(Number.POSITIVE_INFINITY),
    errorLogs: { open: () => errorLog },
    logFiles: { open: () => ({ path: "", write: () => undefined, flush: () => undefined }) },
    shared: (key: string, create: () => unknown) => {
      if (!kept.has(key)) kept.set(key, create());
      return kept.get(key);
    },
    onExit: () => undefined,
  };
  return services as unknown as Services; // the modules under test use nothing else
}

/** A request made by hand, for tests of variables and logs: only what they read is there. */

import type { CompiledLocation, CompiledServer } from "../../../../../src/http/compiled.ts";
import type { Exchange } from "../../../../../src/http/exchange.ts";
import { RequestHead } from "../../../../../src/http/message/request-head.ts";
import { RequestContext } from "../../../../../src/http/request-context.ts";
import type { TlsInfo } from "../../../../../src/http/tls-info.ts";
import type { LogContext, LogLevel } from "../../../../../src/log/error-log.ts";

export interface WrittenLine {
  readonly level: LogLevel;
  readonly connection: number | undefined;
  readonly message: string;
  readonly context: LogContext | undefined;
}

export interface RequestFixture {
  readonly r: RequestContext;
  /** What went to the error log of the request's location. */
  readonly errorLines: WrittenLine[];
}

export interface RequestFacts {
  readonly method?: string;
  readonly target?: string;
  readonly version?: number;
  readonly fields?: readonly (readonly [name: string, value: string])[];
  readonly remoteAddress?: string;
  readonly body?: Partial<Exchange["body"]>;
  readonly settings?: Partial<CompiledLocation["settings"]>;
  readonly tls?: TlsInfo;
}

const SETTINGS = {
  keepaliveTimeoutMs: 75_000,
  keepaliveHeaderSeconds: 0,
  keepaliveRequests: 1000,
  chunkedTransferEncoding: true,
  documentRoot: () => "/srv/www",
  mapPath: (_r: RequestContext, uri: string) => `/srv/www${uri}`,
};

export function makeRequest(facts: RequestFacts = {}): RequestFixture {
  const errorLines: WrittenLine[] = [];
  const { method = "GET", target = "/a?b=c", version = 11, fields = [["Host", "example.com"]] } = facts;
  const head = new RequestHead(method, target, `${method} ${target} HTTP/1.1`, version, undefined);
  for (const [name, value] of fields) {
    head.fieldNames.push(name.toLowerCase());
    head.fieldRawNames.push(name);
    head.fieldValues.push(value);
    if (name === "Host") head.host = value;
    if (name === "Content-Length") head.contentLength = value;
  }
  const errorLog = {
    isOn: () => true,
    write: (level: LogLevel, connection: number | undefined, message: string, context?: LogContext) => {
      errorLines.push({ level, connection, message, context });
    },
  };
  // The casts hold for what variables and logs read: the rest of a compiled configuration is not there.
  const location = { settings: { ...SETTINGS, errorLog, ...facts.settings } } as unknown as CompiledLocation;
  const server = { name: "example.com", rootLocation: location } as unknown as CompiledServer;
  const exchange = {
    connection: {
      serial: 5,
      remoteAddress: facts.remoteAddress ?? "192.0.2.7",
      remotePort: "40000",
      localAddress: "127.0.0.1",
      localPort: "8080",
      requests: 2,
      openedAtMs: performance.now() - 1500,
      tls: facts.tls,
      isPlainOnTls: false,
      proxyHeader: undefined,
    },
    body: { declaredLength: 0, received: 0, buffered: undefined, ...facts.body },
  } as unknown as Exchange;
  const r = new RequestContext(exchange, head, server, performance.now());
  const query = target.indexOf("?");
  r.uri = query < 0 ? target : target.slice(0, query);
  r.args = query < 0 ? "" : target.slice(query + 1);
  r.host = "example.com";
  return { r, errorLines };
}

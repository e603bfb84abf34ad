/** A request as handlers get it, without a connection. */

import type { CompiledLocation, CompiledServer } from "../../src/http/compiled.ts";
import type { Exchange } from "../../src/http/exchange.ts";
import { RequestHead } from "../../src/http/message/request-head.ts";
import { normalizeTarget } from "../../src/http/message/request-target.ts";
import { RequestContext } from "../../src/http/request-context.ts";

export interface RequestOptions {
  readonly method?: string;
  /** As sent, with its query string. */
  readonly target?: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** 10 or 11. */
  readonly version?: number;
}

/** The request at the beginning of its location's phases. */
export function makeRequest(location: CompiledLocation, options: RequestOptions = {}): RequestContext {
  const { method = "GET", target = "/", fields = {}, version = 11 } = options;
  const head = new RequestHead(method, target, `${method} ${target} HTTP/1.1`, version, undefined);
  for (const [name, value] of Object.entries(fields)) {
    head.fieldRawNames.push(name);
    head.fieldNames.push(name.toLowerCase());
    head.fieldValues.push(value);
  }
  head.authority = { host: "test", port: 0 };
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
    gone: false,
  } as unknown as Exchange; // what handlers of these tests ask of it
  const server = { name: "test", rootLocation: location } as unknown as CompiledServer; // likewise
  const r = new RequestContext(exchange, head, server, 0);
  const normal = normalizeTarget(target, "merge");
  if (normal === undefined) throw new Error(`Cannot make a request: "${target}" is refused`);
  r.location = location;
  r.uri = normal.uri;
  r.args = normal.args;
  r.host = "test";
  return r;
}

/** The blocks that a configuration is built of, and what names a server: listen, server_name (nginx: ngx_http_core_module). */

import { block, defineDirectives, many } from "../../config/define-directives.ts";
import type { Report } from "../../config/report.ts";
import type { Span } from "../../config/source.ts";
import type { Arg } from "../../config/tree.ts";
import { type ListenSpec, parseListen } from "./listen-address.ts";

export interface ServerNameText {
  readonly text: string;
  readonly arg: Arg;
}

export const blockDirectives = defineDirectives({
  events: block({ in: ["main"], context: "events", once: true }),
  http: block({ in: ["main"], context: "http", once: true }),
  server: block({ in: ["http"], context: "server" }),
  location: block({ in: ["server", "location"], context: "location", arity: [1, 2], syntax: "[ = | ~ | ~* | ^~ ] uri { ... }" }),
  listen: many({ in: ["server"], parse: readListen, arity: [1, Infinity], inherits: false, syntax: "address[:port] [parameters]" }),
  server_name: many({ in: ["server"], parse: readNames, arity: [1, Infinity], inherits: false, syntax: "name ..." }),
});

/** One `listen` directive gives a socket for each port of a range. */
export interface ListenSetting {
  readonly spec: ListenSpec;
  readonly span: Span;
}

/** Parameters that would change what is spoken on the socket: never ignored. */
const NOT_SUPPORTED = [
  { flag: "ssl", word: "ssl", why: "put a TLS terminator in front until TLS listeners come" },
  { flag: "http2", word: "http2", why: "HTTP/2 comes with TLS listeners" },
  { flag: "proxyProtocol", word: "proxy_protocol", why: "PROXY protocol comes with realip" },
] as const;

function readListen(args: readonly Arg[], report: Report): readonly ListenSetting[] | undefined {
  const parsed = parseListen(args.map((arg) => arg.text));
  if ("error" in parsed) return report.error(parsed.error, args[parsed.index]?.span, parsed.hint);
  const [first] = parsed.listens;
  const missing = first === undefined ? undefined : NOT_SUPPORTED.find((parameter) => first[parameter.flag]);
  if (missing !== undefined) {
    const at = args.find((arg) => arg.text === missing.word)?.span;
    return report.error(`the "${missing.word}" parameter of the "listen" directive is not supported yet`, at, missing.why);
  }
  return parsed.listens.map((spec) => ({ spec, span: report.span }));
}

function readNames(args: readonly Arg[]): readonly ServerNameText[] {
  return args.map((arg) => ({ text: arg.text, arg }));
}

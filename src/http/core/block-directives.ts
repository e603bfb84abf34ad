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

function readListen(args: readonly Arg[], report: Report): readonly ListenSetting[] | undefined {
  const parsed = parseListen(args.map((arg) => arg.text));
  if ("error" in parsed) return report.error(parsed.error, args[parsed.index]?.span, parsed.hint);
  return parsed.listens.map((spec) => ({ spec, span: report.span }));
}

function readNames(args: readonly Arg[]): readonly ServerNameText[] {
  return args.map((arg) => ({ text: arg.text, arg }));
}

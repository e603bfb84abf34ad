/** A small table of directives that the tests of this folder, and those against the real nginx, bind with. */

import { named, optional, word } from "../../../src/config/args.ts";
import { block, defineDirectives, ignored, lines, many, manyLines, one } from "../../../src/config/define-directives.ts";
import { constantTemplate } from "../../../src/config/template-text.ts";
import { either } from "../../../src/config/value.ts";
import {
  count,
  flag,
  int,
  keyword,
  offset,
  oneOf,
  rate,
  seconds,
  size,
  statusCode,
  template,
  text,
  time,
  words,
} from "../../../src/config/values.ts";

const EVERYWHERE = ["http", "server", "location"] as const;

export const siteDirectives = defineDirectives({
  events: block({ in: ["main"], context: "events", once: true }),
  http: block({ in: ["main"], context: "http", once: true }),
  worker_connections: one({ in: ["events"], value: count() }),
  server: block({ in: ["http"], context: "server" }),
  location: block({
    in: ["server", "location"],
    context: "location",
    arity: [1, 2],
    syntax: "[modifier] uri { ... }",
    parse: (args) => ({ modifier: args.length > 1 ? (args[0]?.text ?? "") : "", name: args[args.length - 1]?.text ?? "" }),
  }),
  limit_except: block({ in: ["location"], context: "limit_except", arity: [1, Infinity], pseudo: true }),
  if: block({
    in: ["server", "location"],
    context: { server: "if in server", location: "if in location" },
    arity: [1, Infinity],
    pseudo: true,
    slot: "rewrite_steps",
  }),
  rewrite: many({
    in: ["server", "location", "if in server", "if in location"],
    arity: [2, 3],
    inherits: false,
    slot: "rewrite_steps",
    parse: ([regex, replacement]) => ({ regex: regex?.text ?? "", replacement: replacement?.text ?? "" }),
  }),
  set: many({
    in: ["server", "location", "if in server", "if in location"],
    inherits: false,
    slot: "rewrite_steps",
    args: { name: text(), value: template() },
  }),
  return: many({
    in: ["server", "location", "if in server", "if in location"],
    inherits: false,
    slot: "rewrite_steps",
    args: { code: text(), text: optional(template()) },
  }),
  root: one({ in: [...EVERYWHERE, "if in location"], value: template(), default: constantTemplate("html"), slot: "root" }),
  alias: one({ in: ["location"], value: template(), slot: "root" }),
  server_name: many({ in: ["server"], arity: [1, Infinity], inherits: false, parse: (args) => args.map((arg) => arg.text) }),
  internal: one({ in: ["location"], args: {} }),
  tcp_nodelay: one({ in: EVERYWHERE, value: flag(), default: true }),
  sendfile: ignored({ in: [...EVERYWHERE, "if in location"], value: flag(), why: "Node sends files its own way" }),
  client_max_body_size: one({ in: EVERYWHERE, value: offset(), default: 1_048_576 }),
  client_body_buffer_size: one({ in: EVERYWHERE, value: size(), default: 16_384 }),
  client_body_timeout: one({ in: EVERYWHERE, value: time(), default: 60_000 }),
  resolver_timeout: one({ in: EVERYWHERE, value: time(), default: 30_000 }),
  keepalive_requests: one({ in: EVERYWHERE, value: count(), default: 1000 }),
  ssl_session_timeout: one({ in: ["http", "server"], value: seconds(), default: 300 }),
  gzip_comp_level: one({ in: EVERYWHERE, value: int(1, 9), default: 1 }),
  satisfy: one({ in: EVERYWHERE, value: oneOf("all", "any"), default: "all" }),
  limit_req_status: one({ in: EVERYWHERE, value: statusCode(400, 599), default: 503 }),
  limit_req_rate: one({ in: EVERYWHERE, value: rate() }),
  limit_req: many({
    in: EVERYWHERE,
    args: { zone: named(text()), burst: named(count(), 0, (arg) => `invalid burst value "${arg}"`), nodelay: word() },
  }),
  access_log: many({
    in: [...EVERYWHERE, "if in location"],
    args: { path: template(), format: optional(text()), buffer: named(size(), undefined), if: named(template(), undefined) },
  }),
  expires: one({ in: EVERYWHERE, value: either(keyword("off"), time()), default: "off" }),
  proxy_next_upstream: one({ in: EVERYWHERE, values: words("error", "timeout", "http_500", "off"), default: ["error", "timeout"] }),
  proxy_pass: one({ in: ["location", "if in location", "limit_except"], value: template(), inherits: "pseudo" }),
  types: lines({
    in: EVERYWHERE,
    parse: (all) => new Map(all.flatMap((line) => line.args.map((arg) => [arg.text, line.name.text] as const))),
    merge: (earlier: ReadonlyMap<string, string>, later: ReadonlyMap<string, string>) => new Map([...earlier, ...later]),
    default: new Map([["html", "text/html"]]),
  }),
  map: manyLines({
    in: ["http"],
    arity: 2,
    parse: (all, report, args) => {
      const bad = all.find((line) => line.args.length !== 1);
      if (bad !== undefined) return report.error("invalid number of the map parameters", bad.span);
      return { from: args[0]?.text ?? "", entries: all.map((line) => [line.name.text, line.args[0]?.text ?? ""] as const) };
    },
  }),
});

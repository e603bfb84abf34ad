/** The content of an `upstream` block (nginx: ngx_http_upstream_module, ngx_http_upstream_keepalive_module). */

import { word } from "../config/args.ts";
import { defineDirectives, many, one } from "../config/define-directives.ts";
import { nearestName } from "../config/did-you-mean.ts";
import type { Directive, DirectiveTable, Line } from "../config/directive.ts";
import type { Report } from "../config/report.ts";
import type { Span } from "../config/source.ts";
import type { Arg } from "../config/tree.ts";
import { count, time } from "../config/values.ts";
import { type BalancingMethod, methodDirectives } from "./balancing/method-directives.ts";
import { DEFAULT_KEEPALIVE, type KeepaliveSettings } from "./connection-pool.ts";
import { type ResolverSetting, resolverRows } from "./resolver/resolver-directives.ts";
import type { UpstreamServer } from "./upstream-group.ts";
import { readServer } from "./upstream-server-line.ts";
import { readZone, type UpstreamZone } from "./upstream-zone.ts";

export interface UpstreamBlock {
  readonly name: string;
  readonly span: Span;
  readonly servers: readonly UpstreamServer[];
  readonly keepalive: KeepaliveSettings;
  /** Undefined: round robin. */
  readonly method: BalancingMethod | undefined;
  /** Undefined: none. */
  readonly zone: UpstreamZone | undefined;
  /** Undefined: that of `http`. */
  readonly resolver: ResolverSetting | undefined;
  readonly resolverTimeoutMs: number | undefined;
}

/**
 * What may stand in the block. Not merged with the other tables, where `server` and `keepalive_timeout` have another meaning: the block reads
 * its own lines by it.
 */
export const upstreamBlockDirectives = defineDirectives({
  server: many({ in: ["upstream"], parse: readServer, arity: [1, Infinity], syntax: "address [parameters]" }),
  ...methodDirectives,
  ...resolverRows(["upstream"]),
  zone: many({ in: ["upstream"], parse: readZone, arity: [1, 2], syntax: "name [size]" }),
  keepalive: one({ in: ["upstream"], args: { connections: count(), local: word() } }),
  keepalive_requests: one({ in: ["upstream"], value: count(), default: DEFAULT_KEEPALIVE.requestsMax }),
  keepalive_timeout: one({ in: ["upstream"], value: time(), default: DEFAULT_KEEPALIVE.idleTimeoutMs }),
  keepalive_time: one({ in: ["upstream"], value: time(), default: DEFAULT_KEEPALIVE.ageMaxMs }),
});

/** nginx has these, and this program not yet. */
const UNSUPPORTED: ReadonlySet<string> = new Set("state least_time sticky sticky_cookie_insert queue ntlm".split(" "));

/** Reads the block's lines; what is wrong is reported and left out. */
export function readUpstreamBlock(lines: readonly Line[], report: Report, args: readonly Arg[]): UpstreamBlock | undefined {
  const name = args[0]?.text ?? "";
  const rows: DirectiveTable = upstreamBlockDirectives;
  const read = new Map<string, unknown[]>();
  let method: BalancingMethod | undefined;
  for (const line of lines) {
    const row = rows[line.name.text];
    if (row === undefined) reportUnknown(line, rows, report);
    else readLine(line, row, read, report);
    if (line.name.text in methodDirectives) {
      if (method !== undefined) report.warn("load balancing method redefined", line.span);
      method = lastOf<BalancingMethod>(read, line.name.text);
    } else if (line.name.text === "server" && method?.hasBackups === false && lastOf<UpstreamServer>(read, "server")?.isBackup === true) {
      report.error(`balancing method does not support parameter "backup"`, line.span);
    }
  }
  const servers = (read.get("server") ?? []) as UpstreamServer[]; // read by the row above
  // A block with mistakes is not judged as a whole.
  if (servers.length === 0 && !lines.some((line) => line.name.text === "server" || !(line.name.text in rows)))
    return report.error("no servers are inside upstream");
  if (servers.length > 0 && servers.every((server) => server.isBackup)) return report.error(`no servers in upstream "${name}"`);
  return {
    name,
    span: report.span,
    servers,
    keepalive: keepaliveOf(read),
    method,
    zone: lastOf<UpstreamZone>(read, "zone"),
    resolver: lastOf<ResolverSetting>(read, "resolver"),
    resolverTimeoutMs: lastOf<number>(read, "resolver_timeout"),
  };
}

function lastOf<T>(read: ReadonlyMap<string, readonly unknown[]>, name: string): T | undefined {
  return read.get(name)?.at(-1) as T | undefined; // as the row of that name reads it
}

function readLine(line: Line, row: Directive, read: Map<string, unknown[]>, report: Report): void {
  const name = line.name.text;
  const own: Report = {
    ...report,
    directive: name,
    span: line.span,
    error: (message, at, hint) => report.error(message, at ?? line.span, hint),
    warn: (message, at, hint) => report.warn(message, at ?? line.span, hint),
  };
  const [argsMin, argsMax] = row.arity;
  if (line.args.length < argsMin || line.args.length > argsMax) {
    own.error(`invalid number of arguments in "${name}" directive`, line.span, `syntax: ${name} ${row.syntax}`);
    return;
  }
  const before = read.get(name);
  if (row.kind === "one" && before !== undefined) {
    own.error(`"${name}" directive is duplicate`);
    return;
  }
  const value = row.read(line.args, own);
  if (value === undefined) return;
  if (before === undefined) read.set(name, [value]);
  else before.push(value);
}

function reportUnknown(line: Line, rows: DirectiveTable, report: Report): void {
  const name = line.name.text;
  if (UNSUPPORTED.has(name)) {
    report.error(`"${name}" directive is not supported yet`, line.span);
    return;
  }
  const near = nearestName(name, Object.keys(rows));
  report.error(`unknown directive "${name}"`, line.span, near === undefined ? undefined : `did you mean "${near}"?`);
}

function keepaliveOf(read: ReadonlyMap<string, readonly unknown[]>): KeepaliveSettings {
  const first = <T>(name: string, fallback: T): T => (read.get(name)?.[0] as T | undefined) ?? fallback; // the rows' own types
  const connections = first<{ readonly connections: number } | undefined>("keepalive", undefined)?.connections;
  return {
    idleMax: connections ?? DEFAULT_KEEPALIVE.idleMax,
    requestsMax: first("keepalive_requests", DEFAULT_KEEPALIVE.requestsMax),
    idleTimeoutMs: first("keepalive_timeout", DEFAULT_KEEPALIVE.idleTimeoutMs),
    ageMaxMs: first("keepalive_time", DEFAULT_KEEPALIVE.ageMaxMs),
  };
}

/** The content of an `upstream` block (nginx: ngx_http_upstream_module, ngx_http_upstream_keepalive_module). */

import { word } from "../config/args.ts";
import { defineDirectives, many, one } from "../config/define-directives.ts";
import { nearestName } from "../config/did-you-mean.ts";
import type { Directive, DirectiveTable, Line } from "../config/directive.ts";
import { parseCount, parseSeconds } from "../config/parse-number.ts";
import type { Report } from "../config/report.ts";
import type { Span } from "../config/source.ts";
import type { Arg } from "../config/tree.ts";
import { count, time } from "../config/values.ts";
import { DEFAULT_KEEPALIVE, type KeepaliveSettings } from "./connection-pool.ts";
import { DEFAULT_PEER_SETTINGS } from "./peer.ts";
import type { UpstreamServer } from "./upstream-group.ts";
import { parseUpstreamUrl } from "./upstream-url.ts";

export interface UpstreamBlock {
  readonly name: string;
  readonly span: Span;
  readonly servers: readonly UpstreamServer[];
  readonly keepalive: KeepaliveSettings;
}

/** nginx's port for a server that names none. */
const DEFAULT_PORT = 80;

/**
 * What may stand in the block. Not merged with the other tables, where `server` and `keepalive_timeout` have another meaning: the block reads
 * its own lines by it.
 */
export const upstreamBlockDirectives = defineDirectives({
  server: many({ in: ["upstream"], parse: readServer, arity: [1, Infinity], syntax: "address [parameters]" }),
  keepalive: one({ in: ["upstream"], args: { connections: count(), local: word() } }),
  keepalive_requests: one({ in: ["upstream"], value: count(), default: DEFAULT_KEEPALIVE.requestsMax }),
  keepalive_timeout: one({ in: ["upstream"], value: time(), default: DEFAULT_KEEPALIVE.idleTimeoutMs }),
  keepalive_time: one({ in: ["upstream"], value: time(), default: DEFAULT_KEEPALIVE.ageMaxMs }),
});

/** nginx has these, and this program not yet. */
const UNSUPPORTED: ReadonlySet<string> = new Set(
  "zone state hash ip_hash least_conn least_time random sticky sticky_cookie_insert queue ntlm resolver resolver_timeout".split(" "),
);

/** Reads the block's lines; what is wrong is reported and left out. */
export function readUpstreamBlock(lines: readonly Line[], report: Report, args: readonly Arg[]): UpstreamBlock | undefined {
  const name = args[0]?.text ?? "";
  const rows: DirectiveTable = upstreamBlockDirectives;
  const read = new Map<string, unknown[]>();
  for (const line of lines) {
    const row = rows[line.name.text];
    if (row === undefined) reportUnknown(line, rows, report);
    else readLine(line, row, read, report);
  }
  const servers = (read.get("server") ?? []) as UpstreamServer[]; // read by the row above
  if (servers.length === 0 && !lines.some((line) => line.name.text === "server")) return report.error("no servers are inside upstream");
  if (servers.length > 0 && servers.every((server) => server.isBackup)) return report.error(`no servers in upstream "${name}"`);
  return { name, span: report.span, servers, keepalive: keepaliveOf(read) };
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

/** `server address [weight= max_fails= fail_timeout= max_conns= backup down]`. */
function readServer(args: readonly Arg[], report: Report): UpstreamServer | undefined {
  const [address, ...parameters] = args;
  if (address === undefined) return undefined;
  const url = parseUpstreamUrl(address.text, DEFAULT_PORT);
  if ("mistake" in url) return report.error(`${url.mistake} in upstream "${address.text}"`, address.span);
  if (url.uri !== "") return report.error(`invalid host in upstream "${address.text}"`, address.span);
  const settings: Mutable<UpstreamServer> = { ...DEFAULT_PEER_SETTINGS, server: address.text, address: url.address, span: address.span };
  for (const parameter of parameters) {
    const problem = readParameter(parameter.text, settings);
    if (problem !== "") return report.error(problem, parameter.span);
  }
  return settings;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Sets what a parameter says; nginx's words when it says nothing. */
function readParameter(text: string, settings: Mutable<UpstreamServer>): string {
  const invalid = `invalid parameter "${text}"`;
  const equals = text.indexOf("=");
  const value = text.slice(equals + 1);
  switch (equals === -1 ? text : text.slice(0, equals + 1)) {
    case "backup":
      settings.isBackup = true;
      return "";
    case "down":
      settings.isDown = true;
      return "";
    case "weight=": {
      const weight = parseCount(value);
      if (weight === undefined || weight === 0) return invalid;
      settings.weight = weight;
      return "";
    }
    case "max_fails=": {
      const fails = parseCount(value);
      if (fails === undefined) return invalid;
      settings.maxFails = fails;
      return "";
    }
    case "max_conns=": {
      const connections = parseCount(value);
      if (connections === undefined) return invalid;
      settings.maxConns = connections;
      return "";
    }
    case "fail_timeout=": {
      const timeout = parseSeconds(value);
      if (timeout === undefined) return invalid;
      settings.failTimeoutMs = timeout * 1000;
      return "";
    }
    case "resolve":
    case "service=":
    case "route=":
    case "slow_start=":
    case "drain":
      return `parameter "${text}" is not supported yet`;
    default:
      return invalid;
  }
}

/** The servers behind one listening address by their names, and the choice among them (nginx: "Server names", ngx_http_find_virtual_server). */
import type { ServerName } from "./server-name.ts";
import { addName, createNameTables, type NameMistake, type NameTables, type ServerMatch, type WildcardNode } from "./server-name-tables.ts";

export interface ServerEntry<S> {
  /** A server without server_name has the one name "". */
  readonly names: readonly ServerName[];
  readonly payload: S;
}

export interface ServerNames<S> {
  readonly tables: NameTables<S>;
  readonly defaultMatch: ServerMatch<S>;
}

/**
 * Arranges the names of all servers on one address, in the order of the configuration; `address` is for messages, as in "0.0.0.0:80".
 * nginx looks at names only where there is a choice, so a lone server's are never mistaken.
 */
export function buildServerNames<S>(
  entries: readonly ServerEntry<S>[],
  defaultServer: S,
  address: string,
): { readonly names: ServerNames<S>; readonly mistakes: readonly NameMistake[] } {
  const tables = createNameTables<S>();
  const mistakes = entries.flatMap(({ names, payload }) => names.map((name) => addName(tables, name, payload, address)));
  const defaultMatch: ServerMatch<S> = { payload: defaultServer, verdict: "default server", name: undefined, captures: undefined };
  return { names: { tables, defaultMatch }, mistakes: entries.length > 1 ? mistakes.filter((mistake) => mistake !== undefined) : [] };
}

/** Is told of each pattern that was tried, and of what won. */
export type ServerTrace<S> = (match: ServerMatch<S>, outcome: "won" | "regex tried, no match") => void;

/** The server for a host in lower case, without port and trailing dot; "" when the request names none. */
export function findServer<S>(names: ServerNames<S>, host: string): ServerMatch<S> {
  return find(names, host, undefined);
}

/** {@link findServer}, telling what was tried. */
export function findServerTraced<S>(names: ServerNames<S>, host: string, trace: ServerTrace<S>): ServerMatch<S> {
  const match = find(names, host, trace);
  trace(match, "won");
  return match;
}

function find<S>({ tables, defaultMatch }: ServerNames<S>, host: string, trace: ServerTrace<S> | undefined): ServerMatch<S> {
  const exact = tables.exact.get(host);
  if (exact !== undefined) return exact;
  // nginx: a request without a host has the name "" or none; wildcards and patterns are not for it.
  if (host === "") return defaultMatch;
  return findLeading(tables.leading, host) ?? findTrailing(tables.trailing, host) ?? findPattern(tables, host, trace) ?? defaultMatch;
}

/** Label by label from the right, as long as some wildcard goes on. */
function findLeading<S>(root: WildcardNode<S>, host: string): ServerMatch<S> | undefined {
  if (root.children.size === 0) return undefined;
  let longest: ServerMatch<S> | undefined;
  let node = root;
  for (let end = host.length; end > 0; ) {
    const dot = host.lastIndexOf(".", end - 1);
    const next = node.children.get(host.slice(dot + 1, end));
    if (next === undefined) break;
    node = next;
    if (dot < 0) return node.itself ?? longest;
    longest = node.beyond ?? longest;
    end = dot;
  }
  return longest;
}

/** Label by label from the left; what the star stands for must be there. */
function findTrailing<S>(root: WildcardNode<S>, host: string): ServerMatch<S> | undefined {
  if (root.children.size === 0) return undefined;
  let longest: ServerMatch<S> | undefined;
  let node = root;
  let start = 0;
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", start)) {
    const next = node.children.get(host.slice(start, dot));
    if (next === undefined) break;
    node = next;
    longest = node.beyond ?? longest;
    start = dot + 1;
  }
  return longest;
}

function findPattern<S>({ patterns }: NameTables<S>, host: string, trace: ServerTrace<S> | undefined): ServerMatch<S> | undefined {
  for (let index = 0; index < patterns.length; index++) {
    const pattern = patterns[index];
    if (pattern === undefined) continue;
    const captures = pattern.regex.exec(host);
    if (captures !== null) return { payload: pattern.match.payload, verdict: "regex", name: pattern.match.name, captures };
    trace?.(pattern.match, "regex tried, no match");
  }
  return undefined;
}

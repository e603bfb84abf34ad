/** The tables that server names are looked up in, and what nginx says of names that cannot be or collide (ngx_hash_add_key, ngx_http_server_names). */
import type { ServerName } from "./server-name.ts";
import { createTakenNames, kindOf, labelsOf, type TakenNames, takeName } from "./server-name-kind.ts";

/** How a server was found, in nginx's order of precedence. */
export type ServerVerdict = "exact name" | "leading wildcard" | "trailing wildcard" | "regex" | "default server";

export interface ServerMatch<S> {
  readonly payload: S;
  readonly verdict: ServerVerdict;
  /** The name that won; undefined for the default server. */
  readonly name: ServerName | undefined;
  /** What a pattern captured. */
  readonly captures: RegExpExecArray | undefined;
}

/** A label in a tree of wildcards. */
export interface WildcardNode<S> {
  readonly children: Map<string, WildcardNode<S>>;
  /** For the host that ends here: `.example.com` and "example.com". */
  itself: ServerMatch<S> | undefined;
  /** For hosts that go on. */
  beyond: ServerMatch<S> | undefined;
}

/** Filled at load, then only read. */
export interface NameTables<S> {
  readonly exact: Map<string, ServerMatch<S>>;
  /** `*.example.com` and `.example.com`, labels from the right. */
  readonly leading: WildcardNode<S>;
  /** `www.example.*`, labels from the left. */
  readonly trailing: WildcardNode<S>;
  /** In the order they are written. */
  readonly patterns: { readonly regex: RegExp; readonly match: ServerMatch<S> }[];
  readonly taken: TakenNames;
}

export interface NameMistake {
  readonly level: "emerg" | "warn";
  readonly message: string;
  /** The very object that was given. */
  readonly name: ServerName;
}

/** Empty tables. */
export function createNameTables<S>(): NameTables<S> {
  return { exact: new Map(), leading: createNode(), trailing: createNode(), patterns: [], taken: createTakenNames() };
}

/** Writes one server's name into the tables; a name already taken or impossible is left out and told of. */
export function addName<S>(tables: NameTables<S>, name: ServerName, payload: S, address: string): NameMistake | undefined {
  const { text, regex } = name;
  const matchBy = (verdict: ServerVerdict): ServerMatch<S> => ({ payload, verdict, name, captures: undefined });
  if (regex !== undefined) {
    tables.patterns.push({ regex, match: matchBy("regex") });
    return undefined;
  }
  const kind = kindOf(text);
  if (kind === "invalid") return { level: "emerg", message: `invalid server name or wildcard "${text}" on ${address}`, name };
  if (!takeName(tables.taken, kind, text))
    return { level: "warn", message: `conflicting server name "${text}" on ${address}, ignored`, name };
  if (kind === "exact") {
    tables.exact.set(text, matchBy("exact name"));
  } else if (kind === "trailing") {
    nodeAt(tables.trailing, labelsOf(kind, text)).beyond = matchBy("trailing wildcard");
  } else {
    const node = nodeAt(tables.leading, labelsOf(kind, text));
    node.beyond = matchBy("leading wildcard");
    if (kind === "dotted") node.itself = node.beyond;
  }
  return undefined;
}

function createNode<S>(): WildcardNode<S> {
  return { children: new Map(), itself: undefined, beyond: undefined };
}

function nodeAt<S>(root: WildcardNode<S>, labels: readonly string[]): WildcardNode<S> {
  let node = root;
  for (const label of labels) {
    let next = node.children.get(label);
    if (next === undefined) {
      next = createNode();
      node.children.set(label, next);
    }
    node = next;
  }
  return node;
}

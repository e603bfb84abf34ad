/** The forms of a server name and which of them exclude one another (nginx: ngx_hash_add_key). */

/** `dotted` is `.example.com`: the name itself and everything below it. */
export type ServerNameKind = "exact" | "dotted" | "leading" | "trailing";

/** What form a name without a pattern has, in lower case. */
export function kindOf(text: string): ServerNameKind | "invalid" {
  if (text.includes("..") || text.includes("\0") || text.indexOf("*") !== text.lastIndexOf("*")) return "invalid";
  if (text.length > 1 && text.startsWith(".")) return "dotted";
  if (text.length > 2 && text.startsWith("*.")) return "leading";
  if (text.length > 2 && text.endsWith(".*")) return "trailing";
  return text.includes("*") ? "invalid" : "exact";
}

/** The labels of a wildcard name in the order they are looked up: from the end that is not the star's. */
export function labelsOf(kind: ServerNameKind, text: string): readonly string[] {
  const labels = coreOf(kind, text).split(".");
  return kind === "trailing" ? labels : labels.reverse();
}

/** Names taken, in the three tables that nginx keeps. */
export interface TakenNames {
  readonly exact: Set<string>;
  readonly leading: Set<string>;
  readonly trailing: Set<string>;
}

/** No name taken yet. */
export function createTakenNames(): TakenNames {
  return { exact: new Set(), leading: new Set(), trailing: new Set() };
}

/** Takes a name if it is free. nginx: `.example.com` takes the exact name too, even where its wildcard then proves taken. */
export function takeName(taken: TakenNames, kind: ServerNameKind, text: string): boolean {
  const core = coreOf(kind, text);
  if (kind === "exact" || kind === "dotted") {
    if (taken.exact.has(core)) return false;
    taken.exact.add(core);
    if (kind === "exact") return true;
  }
  const wildcards = kind === "trailing" ? taken.trailing : taken.leading;
  if (wildcards.has(core)) return false;
  wildcards.add(core);
  return true;
}

/** The name without its wildcard. */
function coreOf(kind: ServerNameKind, text: string): string {
  if (kind === "exact") return text;
  return kind === "dotted" ? text.slice(1) : kind === "leading" ? text.slice(2) : text.slice(0, -2);
}

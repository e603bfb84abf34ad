/** Entity tags: nginx's own for files, weakening, and matching against a list. Source: RFC 9110 section 8.8.3, nginx ngx_http_set_etag. */

/** Whether `W/` counts: If-Match compares strongly, If-None-Match weakly. */
export type TagComparison = "strong" | "weak";

/** The tag of a file from its modification time in whole seconds and its size: `"6b02f926-b"`. */
export function fileEntityTag(modifiedSeconds: number, bytes: number): string {
  return `"${modifiedSeconds.toString(16)}-${bytes.toString(16)}"`;
}

/** The weak form of a tag, for a body that a filter changes; undefined for what is no tag and has to be dropped. */
export function weakenEntityTag(tag: string): string | undefined {
  if (tag.startsWith("W/")) return tag;
  return tag.startsWith('"') && tag.length > 1 ? `W/${tag}` : undefined;
}

/** Whether a list (`"a", W/"b"` or `*`) names the tag. Without a tag only `*` matches. A list is searched as nginx does it, from comma to comma. */
export function matchesEntityTag(list: string, tag: string | undefined, comparison: TagComparison): boolean {
  if (list === "*") return true;
  if (tag === undefined) return false;
  const wanted = comparison === "weak" ? opaquePart(tag) : tag;
  let at = 0;
  while (at < list.length) {
    if (comparison === "weak" && list.startsWith("W/", at)) at += 2;
    if (list.startsWith(wanted, at) && /^[ \t]*(?:,|$)/.test(list.slice(at + wanted.length))) return true;
    const comma = list.indexOf(",", at);
    if (comma === -1) return false;
    at = skipSeparators(list, comma);
  }
  return false;
}

function opaquePart(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}

function skipSeparators(list: string, from: number): number {
  let at = from;
  while (at < list.length && ", \t".includes(list[at] ?? "")) at++;
  return at;
}

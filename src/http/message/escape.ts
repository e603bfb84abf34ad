/** Escaping and unescaping of URIs and HTML byte by byte, as nginx does it. Source: nginx ngx_escape_uri, ngx_unescape_uri, ngx_escape_html. */

/** What is written: a path, a query argument, one URI component, a Refresh or Location value given by a user, or a memcached key. */
export type EscapeKind = "uri" | "args" | "component" | "refresh" | "memcached";

/** Bytes that are escaped, per kind. All kinds but memcached also escape what is not ASCII. */
const ESCAPED: Readonly<Record<EscapeKind, RegExp>> = {
  uri: /[\x00-\x20"#%<>?\\^`{|}\x7f-\xff]/g,
  args: /[\x00-\x20"#%&+;<>?\\^`{|}\x7f-\xff]/g,
  component: /[^A-Za-z0-9._~-]/g,
  refresh: /[\x00-\x20"'<>\\^`{|}\x7f-\xff]/g,
  memcached: /[\x00-\x20%]/g,
};

const NOTHING_TO_ESCAPE = /^[A-Za-z0-9/._~-]*$/;

const PERCENT: readonly string[] = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`);

/** `text` (latin1) with the bytes that its place does not bear as `%XX`. */
export function escapeUri(text: string, kind: EscapeKind): string {
  if (kind !== "component" && NOTHING_TO_ESCAPE.test(text)) return text;
  return text.replace(ESCAPED[kind], (byte) => PERCENT[byte.charCodeAt(0)] ?? "");
}

/** `text` with `%XX` decoded once. nginx forgives here: of a broken escape it drops the percent sign, and a half-read first digit with what follows. */
export function unescapeUri(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/%(?:([0-9A-Fa-f])(?:([0-9A-Fa-f])|[\s\S])?|([\s\S]))?/g, (_escape, high?: string, low?: string, other?: string) => {
    if (high === undefined) return other ?? "";
    return low === undefined ? "" : String.fromCharCode(Number.parseInt(high + low, 16));
  });
}

/** `text` for an HTML page. */
export function escapeHtml(text: string): string {
  if (!/[&<>"]/.test(text)) return text;
  return text.replace(/[&<>"]/g, (character) => HTML_ENTITY[character] ?? "");
}

const HTML_ENTITY: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

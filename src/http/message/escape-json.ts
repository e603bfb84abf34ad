/** Text inside a JSON string's quotes. Source: RFC 8259 section 7, nginx ngx_escape_json. */

const UNSAFE = /["\\\x00-\x1f]/;
const UNSAFE_CHARS = /["\\\x00-\x1f]/g;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\b", "\\b"],
  ["\f", "\\f"],
]);

/** What a JSON string may not hold, escaped; other bytes stay as they are. */
export function escapeJson(value: string): string {
  return UNSAFE.test(value) ? value.replace(UNSAFE_CHARS, renderChar) : value;
}

function renderChar(char: string): string {
  return ESCAPES.get(char) ?? `\\u00${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

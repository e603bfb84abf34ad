/** What is known of fields as such: joining, names as CGI variables, hop-by-hop fields, and what may be written. Source: RFC 9110 section 5 and 7.6.1. */

/** Names kept at most; past that the memory starts anew. */
const VARIABLE_NAMES_MAX = 2048;
const KEPT_NAME_LENGTH_MAX = 64;

const variableNames = new Map<string, string>();

/** `HTTP_X_FORWARDED_FOR` for `x-forwarded-for`: ASCII letters raised, hyphens to underscores, every other byte as it is (RFC 3875 section 4.1.18). */
export function httpVarName(lowerName: string): string {
  const known = variableNames.get(lowerName);
  if (known !== undefined) return known;
  const name = `HTTP_${lowerName.replace(/[a-z-]+/g, (run) => run.toUpperCase().replaceAll("-", "_"))}`;
  if (lowerName.length <= KEPT_NAME_LENGTH_MAX) {
    if (variableNames.size >= VARIABLE_NAMES_MAX) variableNames.clear();
    variableNames.set(lowerName, name);
  }
  return name;
}

/** What goes between two lines of the same field: "; " for Cookie, ", " for all others. */
export function fieldSeparator(lowerName: string): string {
  return lowerName === "cookie" ? "; " : ", ";
}

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Whether a field belongs to one connection only and is never passed on as it came. */
export function isHopByHop(lowerName: string): boolean {
  return HOP_BY_HOP.has(lowerName);
}

/** The lower-case names that a Connection value declares to be for this hop only. */
export function connectionOptions(value: string): string[] {
  return value
    .toLowerCase()
    .split(",")
    .map((option) => option.trim())
    .filter((option) => option !== "");
}

/** Whether a name may be written into a head: a token of RFC 9110. */
export function isWritableName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}

/** Whether a value may be written into a head: CR, LF and NUL would end the line and begin another, and characters above a byte would be cut to one. */
export function isWritableValue(value: string): boolean {
  return !/[\x00\r\n]|[^\x00-\xff]/.test(value);
}

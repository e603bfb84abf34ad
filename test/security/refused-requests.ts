/** Requests that are refused before any upstream hears of them, and what nginx makes of each. Sources: RFC 9112, RFC 9110, nginx 1.22. */

/** A request in parts, so that each row is tried on every location, version and kind of connection. */
export interface RefusedRequest {
  /** What is wrong with it. */
  readonly name: string;
  readonly method?: string;
  /** The target for a location's path, which ends in a slash. */
  readonly target?: (place: string) => string;
  /** In place of `HTTP/1.1` and `HTTP/1.0`. */
  readonly version?: string;
  /** In place of the Host line. */
  readonly host?: readonly string[];
  readonly fields?: readonly string[];
  readonly body?: string;
  /** 400 by default. */
  readonly status?: number;
  /** Where HTTP/1.0 is answered otherwise; "taken": it is no fault there. */
  readonly statusOfHttp10?: number | "taken";
  /** nginx 1.22 takes it, or answers with another status. */
  readonly unlikeNginx?: boolean;
}

const LOCALHOST = ["Host: localhost"];

const REQUEST_LINES: readonly RefusedRequest[] = [
  { name: "a lower-case method", method: "get" },
  { name: "a method with a digit", method: "GET1" },
  { name: "a method with NUL", method: "G\0ET" },
  { name: "no method", method: "" },
  { name: "a tab behind the method", method: "GET\t" },
  { name: "CONNECT", method: "CONNECT", target: () => "localhost:80", status: 405, unlikeNginx: true },
  { name: "CONNECT with a path", method: "CONNECT", status: 405 },
  { name: "TRACE", method: "TRACE", status: 405 },
  { name: "a target of an asterisk", target: () => "*" },
  { name: "OPTIONS of an asterisk", method: "OPTIONS", target: () => "*" },
  { name: "a target without a slash", target: (place) => place.slice(1) },
  { name: "a target that is only a query", target: () => "?a" },
  { name: "userinfo in the target", target: (place) => `http://user@localhost${place}` },
  { name: "userinfo with a password in the target", target: (place) => `http://user:pw@localhost${place}` },
  { name: "an authority that never ends", target: (place) => `http://[::1${place}` },
  { name: "an escape in the authority", target: (place) => `http://local%00host${place}` },
  { name: "a scheme and no authority", target: (place) => `http:${place}` },
  { name: "a port past 65535 in the target", target: (place) => `http://localhost:99999${place}`, unlikeNginx: true },
  { name: "two ports in the target", target: (place) => `http://localhost:80:80${place}` },
  { name: "a space in the target", target: (place) => `${place}a b` },
  { name: "a tab in the target", target: (place) => `${place}a\tb` },
  { name: "NUL in the target", target: (place) => `${place}a\0b` },
  { name: "CR in the target", target: (place) => `${place}a\rb` },
  { name: "a control character in the target", target: (place) => `${place}a\x01b` },
  { name: "DEL in the target", target: (place) => `${place}a\x7fb` },
  { name: "%00 in the target", target: (place) => `${place}a%00b` },
  { name: "an escape that is not hexadecimal", target: (place) => `${place}%zz` },
  { name: "an escape of one digit", target: (place) => `${place}a%2` },
  { name: "a percent sign at the end", target: (place) => `${place}a%` },
  { name: "dots above the root", target: (place) => `${place}../../x` },
  { name: "escaped dots above the root", target: (place) => `${place}%2e%2e/%2e%2e/x` },
  { name: "dots above the root behind escaped slashes", target: (place) => `${place}..%2f..%2fx` },
  { name: "HTTP/2.0 as version", version: "HTTP/2.0", status: 505 },
  { name: "HTTP/3.0 as version", version: "HTTP/3.0", status: 505 },
  { name: "a version without a minor number", version: "HTTP/1" },
  { name: "a version with a leading zero", version: "HTTP/01.1" },
  { name: "a version in lower case", version: "http/1.1" },
  { name: "a version with something behind it", version: "HTTP/1.1x" },
  { name: "a word behind the version", version: "HTTP/1.1 x" },
];

const host = (value: string): readonly string[] => [`Host: ${value}`];

const HOSTS: readonly RefusedRequest[] = [
  { name: "no Host", host: [], statusOfHttp10: "taken" },
  { name: "an empty Host", host: ["Host:"] },
  { name: "two Hosts", host: ["Host: localhost", "Host: localhost"] },
  { name: "two different Hosts", host: ["Host: localhost", "Host: other"] },
  { name: "two Hosts beside an authority", target: (place) => `http://localhost${place}`, host: ["Host: localhost", "Host: other"] },
  { name: "no Host beside an authority", target: (place) => `http://localhost${place}`, host: [], statusOfHttp10: "taken" },
  { name: "a slash in Host", host: host("a/b") },
  { name: "an empty label in Host", host: host("a..b") },
  { name: "NUL in Host", host: host("a\0b") },
  { name: "a space in Host", host: host("a b") },
  ...["a,b", "a?b", "a#b", "a@b", "a\\b", "a:b", "a:80:80", "a:99999", "[::1", "[::1]x", "\xe9", "%zz", "<a>", "a\x22b", "a|b"].map(
    (value): RefusedRequest => ({ name: `a Host of ${JSON.stringify(value)}`, host: host(value), unlikeNginx: true }),
  ),
];

const field = (line: string): readonly string[] => [line];

const FIELDS: readonly RefusedRequest[] = [
  { name: "a space before the colon", fields: field("X-A : b") },
  { name: "a tab before the colon", fields: field("X-A\t: b") },
  { name: "a folded line", fields: ["X-A: b", " c"] },
  { name: "a line folded with a tab", fields: ["X-A: b", "\tc"] },
  { name: "a folded framing field", fields: ["X-A: b", " Content-Length: 5"] },
  { name: "an empty name", fields: field(": b") },
  { name: "a space in a name", fields: field("X A: b") },
  { name: "NUL in a name", fields: field("X\0A: b") },
  { name: "a control character in a name", fields: field("X\x01A: b") },
  { name: "NUL in a value", fields: field("X-A: a\0b") },
  { name: "CR in a name", fields: field("X\rA: b") },
  { name: "CR in a value", fields: field("X-A: a\rb") },
  { name: "CR before a framing field", fields: field("X-A: a\rTransfer-Encoding: chunked") },
  { name: "CR CR LF behind a field", fields: field("X-A: a\r"), unlikeNginx: true },
  ...["\x01", "\x08", "\x0b", "\x0c", "\x1b", "\x1f", "\x7f"].map(
    (byte): RefusedRequest => ({ name: `${JSON.stringify(byte)} in a value`, fields: field(`X-A: a${byte}b`), unlikeNginx: true }),
  ),
  ...["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Authorization"].map(
    (name): RefusedRequest => ({ name: `two of ${name}`, fields: [`${name}: a`, `${name}: b`] }),
  ),
];

const POST = { method: "POST", body: "hello" };
const length = (value: string): RefusedRequest => ({
  ...POST,
  name: `Content-Length ${JSON.stringify(value)}`,
  fields: field(`Content-Length: ${value}`),
});
const coding = (value: string): RefusedRequest => ({
  ...POST,
  name: `Transfer-Encoding ${JSON.stringify(value)}`,
  fields: field(`Transfer-Encoding: ${value}`),
  status: 501,
  statusOfHttp10: 400,
});
const CHUNKED = "Transfer-Encoding: chunked";

const FRAMINGS: readonly RefusedRequest[] = [
  ...["+5", "-5", "0x5", "5_0", "5,5", "5, 5", "5 5", "5;", "5.0", "5e0", "", "a", "\xb5", "\t5", "5\t", "9223372036854775808"].map(length),
  ...["gzip", "gzip, chunked", "chunked, chunked", "chunked, gzip", "identity", "xchunked", "chunked;q=1", ",chunked", '"chunked"'].map(
    coding,
  ),
  ...["", "\tchunked", "chunked\t", "chunked\xa0", "chun ked"].map(coding),
  { ...POST, name: "two equal Content-Lengths", fields: ["Content-Length: 5", "Content-Length: 5"] },
  { ...POST, name: "two different Content-Lengths", fields: ["Content-Length: 5", "Content-Length: 6"] },
  { ...POST, name: "Content-Length before Transfer-Encoding", fields: ["Content-Length: 5", CHUNKED] },
  { ...POST, name: "Content-Length behind Transfer-Encoding", fields: [CHUNKED, "Content-Length: 5"] },
  { ...POST, name: "two Transfer-Encodings", fields: [CHUNKED, CHUNKED] },
  { ...POST, name: "two different Transfer-Encodings", fields: [CHUNKED, "Transfer-Encoding: identity"] },
  { ...POST, name: "a space before Transfer-Encoding's colon", fields: field("Transfer-Encoding : chunked") },
  { ...POST, name: "a space before Content-Length's colon", fields: field("Content-Length : 5") },
];

const chunked = (name: string, body: string, unlikeNginx = false): RefusedRequest => ({
  name,
  method: "POST",
  fields: field(CHUNKED),
  body,
  unlikeNginx,
  statusOfHttp10: 400,
});

/** Refused only where the body is read: where an upstream is to get it. */
export const REFUSED_BODIES: readonly RefusedRequest[] = [
  chunked("a chunk size of no digits", "\r\nhello\r\n0\r\n\r\n"),
  chunked("a chunk size that is no number", "z\r\nhello\r\n0\r\n\r\n"),
  chunked("a chunk size with a sign", "+5\r\nhello\r\n0\r\n\r\n"),
  chunked("a negative chunk size", "-5\r\nhello\r\n0\r\n\r\n"),
  chunked("a chunk size with 0x", "0x5\r\nhello\r\n0\r\n\r\n"),
  chunked("a space before a chunk size", " 5\r\nhello\r\n0\r\n\r\n"),
  chunked("a chunk size past 64 bits", "10000000000000005\r\nhello\r\n0\r\n\r\n"),
  chunked("needless zeros before a chunk size", "00000000000000005\r\nhello\r\n0\r\n\r\n", true),
  chunked("LF behind a chunk size", "5\nhello\r\n0\r\n\r\n", true),
  chunked("LF behind a chunk", "5\r\nhello\n0\r\n\r\n", true),
  chunked("CR alone behind a chunk size", "5\rhello\r\n0\r\n\r\n"),
  chunked("a chunk longer than its size", "4\r\nhello\r\n0\r\n\r\n"),
  chunked("a chunk shorter than its size", "6\r\nhello\r\n0\r\n\r\n", true),
  chunked("something else than an extension behind a chunk size", "5 a\r\nhello\r\n0\r\n\r\n", true),
  chunked("LF within an extension", "5;a\nhello\r\n0\r\n\r\n", true),
  chunked("CR within an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n"),
  chunked("NUL within an extension", "5;a\0\r\nhello\r\n0\r\n\r\n", true),
  chunked("more than 4096 bytes of extensions", `5;${"e".repeat(4097)}\r\nhello\r\n0\r\n\r\n`, true),
  chunked("LF as the end of the trailers", "5\r\nhello\r\n0\r\n\n", true),
  chunked("a trailer without a colon", "5\r\nhello\r\n0\r\nX-T\r\n\r\n", true),
  chunked("a folded trailer", "5\r\nhello\r\n0\r\nX-T: a\r\n b\r\n\r\n", true),
  chunked("a space before a trailer's colon", "5\r\nhello\r\n0\r\nX-T : a\r\n\r\n", true),
  chunked("a trailer ended by LF", "5\r\nhello\r\n0\r\nX-T: a\n\r\n", true),
  chunked("NUL in a trailer", "5\r\nhello\r\n0\r\nX-T: a\0\r\n\r\n", true),
  chunked("more than 8192 bytes of trailers", `5\r\nhello\r\n0\r\nX-T: ${"t".repeat(8192)}\r\n\r\n`, true),
];

/** Refused for their heads, wherever they lead. */
export const REFUSED_HEADS: readonly RefusedRequest[] = [...REQUEST_LINES, ...HOSTS, ...FIELDS, ...FRAMINGS];

/** The status that an HTTP/1.0 or HTTP/1.1 request of this kind gets; "taken" when it is no fault. */
export function refusalOf(row: RefusedRequest, version: "1.0" | "1.1"): number | "taken" {
  return (version === "1.0" ? row.statusOfHttp10 : undefined) ?? row.status ?? 400;
}

/** The row as bytes (latin1). */
export function composeRefused(row: RefusedRequest, place: string, version: "1.0" | "1.1", ...fields: readonly string[]): string {
  const line = `${row.method ?? "GET"} ${row.target?.(place) ?? place} ${row.version ?? `HTTP/${version}`}`;
  return `${[line, ...(row.host ?? LOCALHOST), ...fields, ...(row.fields ?? [])].join("\r\n")}\r\n\r\n${row.body ?? ""}`;
}

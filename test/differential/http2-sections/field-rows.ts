/** RFC 9113 section 8: what makes a request malformed. */

import { type Fields, FLAG, get, headers } from "../../harness/http2-frames.ts";
import { data, openRequest, type SectionRow } from "./section-row.ts";

const MALFORMED = "stream PROTOCOL_ERROR";
const GET = get("/text");
const without = (name: string): Fields => GET.filter(([each]) => each !== name);
const connect = (...more: Fields): Fields => [[":method", "CONNECT"], [":authority", "localhost"], ...more];

/** A head that ends its request, malformed. */
function malformed(section: string, name: string, fields: Fields, nginx = MALFORMED): SectionRow {
  return { section, name, frames: [headers(1, fields)], watch: 1, ends: MALFORMED, ...(nginx === MALFORMED ? {} : { nginx }) };
}

/** A field that is malformed: the library leaves it out, and the request goes on without it. */
function leftOut(name: string, field: readonly [string, string], nginx = MALFORMED): SectionRow {
  return {
    section: "8.2.1",
    name,
    frames: [headers(1, [...GET, field])],
    watch: 1,
    ends: "200",
    rfc: MALFORMED,
    ...(nginx === "200" ? {} : { nginx }),
  };
}

function sound(section: string, name: string, fields: Fields, ends = "200"): SectionRow {
  return { section, name, frames: [headers(1, fields)], watch: 1, ends };
}

function withBody(section: string, name: string, length: string, pieces: readonly string[], ends: string, nginx = ends): SectionRow {
  const frames = pieces.map((piece, index) => data(1, piece, index === pieces.length - 1 ? FLAG.endStream : 0));
  return { section, name, frames: [openRequest(1, ["content-length", length]), ...frames], watch: 1, ends, nginx };
}

export const fieldRows: readonly SectionRow[] = [
  {
    section: "8.1",
    name: "trailers",
    frames: [openRequest(1), data(1, "x", 0), headers(1, [["x-a", "1"]])],
    watch: 1,
    ends: "200",
    nginx: "connection PROTOCOL_ERROR",
  },
  {
    section: "8.1",
    name: "a second head that does not end the stream",
    frames: [openRequest(1), headers(1, [["x-a", "1"]], 0)],
    watch: 1,
    ends: MALFORMED,
    nginx: "connection PROTOCOL_ERROR",
  },
  {
    section: "8.1",
    name: "trailers with a pseudo-field",
    frames: [openRequest(1), data(1, "x", 0), headers(1, [[":method", "POST"]])],
    watch: 1,
    ends: MALFORMED,
    nginx: "connection PROTOCOL_ERROR",
  },
  withBody("8.1.1", "as much content as declared", "4", ["te", "st"], "200"),
  withBody("8.1.1", "less content than declared", "5", ["test"], MALFORMED, "400"),
  withBody("8.1.1", "more content than declared", "3", ["test"], MALFORMED, "400"),
  withBody("8.1.1", "more content than declared, in two frames", "6", ["test", "test"], MALFORMED, "400"),
  {
    section: "8.1.1",
    name: "declared content that does not come",
    frames: [headers(1, [...get("/text"), ["content-length", "1"]])],
    watch: 1,
    ends: MALFORMED,
    nginx: "400",
  },
  withBody("8.1.1", "a declared length that is no number", "4x", ["test"], MALFORMED, "400"),

  malformed("8.2.1", "a name with an upper-case letter", [...GET, ["X-A", "1"]]),
  leftOut("a name with a space", ["x a", "1"]),
  leftOut("a name with a control character", ["x-\x01", "1"]),
  leftOut("a name with a colon behind its first character", ["x:a", "1"]),
  leftOut("an empty name", ["", "1"], "connection PROTOCOL_ERROR"),
  leftOut("a value with NUL", ["x-a", "a\0b"]),
  leftOut("a value with CR", ["x-a", "a\rb"]),
  leftOut("a value with LF", ["x-a", "a\nb"]),
  leftOut("a value that begins with a space", ["x-a", " a"], "200"),
  leftOut("a value that ends with a tab", ["x-a", "a\t"], "200"),
  malformed("8.2.2", "a Connection field", [...GET, ["connection", "close"]], "200"),
  malformed("8.2.2", "a Keep-Alive field", [...GET, ["keep-alive", "timeout=1"]], "200"),
  malformed("8.2.2", "a Proxy-Connection field", [...GET, ["proxy-connection", "keep-alive"]], "200"),
  malformed("8.2.2", "a Transfer-Encoding field", [...GET, ["transfer-encoding", "chunked"]], "200"),
  malformed("8.2.2", "an Upgrade field", [...GET, ["upgrade", "h2c"]], "200"),
  malformed("8.2.2", "a TE field of something else than trailers", [...GET, ["te", "trailers, deflate"]], "200"),
  sound("8.2.2", "a TE field of trailers", [...GET, ["te", "trailers"]]),
  sound("8.2.3", "a Cookie field in crumbs", [...GET, ["cookie", "a=1"], ["cookie", "b=2"]]),

  malformed("8.3", "an unknown pseudo-field", [[":test", "1"], ...GET], "400"),
  malformed("8.3", "a pseudo-field of answers", [...GET, [":status", "200"]], "400"),
  malformed("8.3", "a pseudo-field behind a field", [...without(":path"), ["x-a", "1"], [":path", "/text"]], "200"),
  malformed("8.3", "a pseudo-field in upper case", [...without(":path"), [":PATH", "/text"]]),
  malformed("8.3.1", "an empty :path", [...without(":path"), [":path", ""]], "400"),
  malformed("8.3.1", "a :path that is no path", [...without(":path"), [":path", "text"]], "400"),
  malformed("8.3.1", "no :method", without(":method"), "400"),
  malformed("8.3.1", "no :scheme", without(":scheme"), "400"),
  malformed("8.3.1", "no :path", without(":path"), "400"),
  sound("8.3.1", "no :authority, but a Host field", [...without(":authority"), ["host", "localhost"]]),
  malformed("8.3.1", "neither :authority nor a Host field", without(":authority"), "400"),
  {
    section: "8.3.1",
    name: "an :authority with userinfo",
    frames: [headers(1, [...without(":authority"), [":authority", "user@localhost"]])],
    watch: 1,
    ends: "400",
    newer: "stream PROTOCOL_ERROR",
    nginx: "200",
  },
  ...[":method", ":scheme", ":authority", ":path"].map((name) =>
    malformed("8.3", `two ${name} fields`, [...GET.filter(([each]) => each === name), ...GET], "400"),
  ),
  {
    section: "8.3.1",
    name: "two Host fields",
    frames: [headers(1, [...GET, ["host", "localhost"], ["host", "localhost"]])],
    watch: 1,
    ends: "stream PROTOCOL_ERROR",
    nginx: "400",
  },
  {
    section: "8.3.1",
    name: "a Host field that contradicts :authority",
    frames: [headers(1, [...GET, ["host", "other"]])],
    watch: 1,
    ends: "400",
  },
  {
    section: "8.3.1",
    name: "an asterisk for OPTIONS",
    frames: [headers(1, [[":method", "OPTIONS"], ...without(":method").filter(([n]) => n !== ":path"), [":path", "*"]])],
    watch: 1,
    ends: "400",
  },
  { section: "8.5", name: "CONNECT", frames: [headers(1, connect())], watch: 1, ends: "405", nginx: "400" },
  {
    section: "8.5",
    name: "CONNECT with a :path",
    frames: [headers(1, connect([":scheme", "http"], [":path", "/"]))],
    watch: 1,
    ends: MALFORMED,
    nginx: "405",
  },
  {
    section: "8.5",
    name: "CONNECT with a :protocol that was not offered (RFC 8441)",
    frames: [headers(1, connect([":scheme", "http"], [":path", "/"], [":protocol", "websocket"]))],
    watch: 1,
    ends: MALFORMED,
    nginx: "400",
  },
];

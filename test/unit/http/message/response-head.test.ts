import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseResponseHead, ResponseHead, ResponseRefusal } from "../../../../src/http/message/response-head.ts";

const BYTES_MAX = 4096;
const read = (text: string) => parseResponseHead(text, 0, "cgi", BYTES_MAX);

function head(text: string, dialect: "cgi" | "http1" = "cgi"): ResponseHead {
  const result = parseResponseHead(text, 0, dialect, BYTES_MAX);
  if (!(result instanceof ResponseHead)) throw new Error(`not a head: ${JSON.stringify(result)}`);
  return result;
}

function refusal(text: string, dialect: "cgi" | "http1" = "cgi"): ResponseRefusal {
  const result = parseResponseHead(text, 0, dialect, BYTES_MAX);
  if (!(result instanceof ResponseRefusal)) throw new Error(`not refused: ${JSON.stringify(result)}`);
  return result;
}

describe("parseResponseHead() of a CGI-like answer", () => {
  it.each([
    ["a status line", "HTTP/1.1 404 Not Found\r\n\r\n", 404, "404 Not Found"],
    ["a status line without reason", "HTTP/1.1 200\r\n\r\n", 200, "200"],
    ["a status line with an empty reason", "HTTP/1.1 200 \r\n\r\n", 200, "200 "],
    ["a status line of HTTP/2", "HTTP/2 404 Nope\r\n\r\n", 404, "404 Nope"],
    ["a status line of HTTP/99.9", "HTTP/99.9 200 OK\r\n\r\n", 200, "200 OK"],
    ["an IIS sub-status", "HTTP/1.1 403.1 Forbidden\r\n\r\n", 403, "403.1 Forbidden"],
    ["a Status field", "X: 1\r\nStatus: 404 Not Found\r\n\r\n", 404, "404 Not Found"],
    ["a Status field without reason", "Status: 404\r\n\r\n", 404, undefined],
    ["two Status fields, of which the first counts", "Status: 201 Created\r\nStatus: 500 Oops\r\n\r\n", 201, "201 Created"],
    ["a status line before a Status field", "HTTP/1.1 302 Found\r\nStatus: 404 Not Found\r\n\r\n", 302, "302 Found"],
    ["neither", "Content-Type: a/b\r\n\r\n", 200, undefined],
    ["neither, with Location", "Location: /x\r\n\r\n", 302, undefined],
    ["status 000", "HTTP/1.1 000 X\r\n\r\n", 200, undefined],
    ["two status digits, which make the line no status line", "HTTP/1.1 20 OK\r\n\r\n", 200, undefined],
    ["four status digits", "HTTP/1.1 2000 OK\r\n\r\n", 200, undefined],
    ["status 999", "HTTP/1.1 999 X\r\n\r\n", 999, "999 X"],
    ["bare LF as line end", "Status: 201 Made\nX: 1\n\n", 201, "201 Made"],
  ])("takes the status from %s", (_what, text, status, statusText) => {
    expect(head(text)).toMatchObject({ status, statusText, end: text.length });
  });

  it("takes a line without colon for an empty field, odd names, and 8-bit and empty values", () => {
    const got = head("Foo\r\nX_u: 1\r\nX.d: caf\xe9\r\nX-E:\r\n\r\nbody");
    expect(got.names).toEqual(["Foo", "X_u", "X.d", "X-E"]);
    expect(got.values).toEqual(["", "1", "caf\xe9", ""]);
  });

  it.each([
    ["a lower-case status line", "http/1.1 200 OK\r\n\r\n", 'upstream sent invalid header: "http/1.1\\x20..."'],
    ["text", "hello world\n\nfoo", 'upstream sent invalid header: "hello\\x20..."'],
    ["bytes before any line end", "d\0\0\x01", 'upstream sent invalid header: "d\\x00..."'],
    ["a space before the colon", "X-Bad : 1\r\n\r\n", 'upstream sent invalid header: "X-Bad\\x20..."'],
    ["obs-fold", "X-F: a\r\n b\r\n\r\n", 'upstream sent invalid header: "\\x20..."'],
    ["an empty name", ": v\r\n\r\n", 'upstream sent invalid header: "\\x3a..."'],
    ["NUL in a value", "X-N: a\0b\r\n\r\n", 'upstream sent invalid header: "X-N: a\\x00..."'],
    ["CR in a value", "X-N: a\rb\r\n\r\n", 'upstream sent invalid header: "X-N: a\\x0d..."'],
    ["a control character in a value", "X-N: a\x1bb\r\n\r\n", 'upstream sent invalid header: "X-N: a\\x1b..."'],
    ["CR in a reason", "HTTP/1.1 200 O\rSet-Cookie: a\r\n\r\n", 'upstream sent invalid header: "HTTP/1.1 200 O\\x0d..."'],
  ])("refuses %s as invalid_header", (_what, text, detail) => {
    expect(refusal(text)).toMatchObject({ error: "invalid_header", detail });
  });

  it.each([
    ["Status: OK", "invalid_status"],
    ["Status: 40", "invalid_status"],
    ["Content-Length: 2\r\nContent-Length: 2", "duplicate_header"],
    ["Content-Length: 2, 2", "invalid_length"],
    ["Content-Length: -2", "invalid_length"],
    ["Content-Length: +2", "invalid_length"],
    ["Content-Length:", "invalid_length"],
    ["Content-Length: 9007199254740993", "invalid_length"],
    ["Transfer-Encoding: gzip", "invalid_coding"],
    ["Transfer-Encoding: identity", "invalid_coding"],
    ["Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "duplicate_header"],
    ["Content-Length: 2\r\nTransfer-Encoding: chunked", "invalid_coding"],
    ["Transfer-Encoding: chunked\r\nContent-Length: 2", "invalid_coding"],
  ])("refuses %j", (lines, error) => {
    expect(refusal(`HTTP/1.1 200 OK\r\n${lines}\r\n\r\n`.replace(/^.*\r\n(?=Status)/, "")).error).toBe(error);
  });

  it("finds length, coding and what becomes of the connection", () => {
    expect(head("HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: Keep-Alive\r\n\r\n")).toMatchObject({
      contentLength: 12,
      chunked: false,
      connectionKeepAlive: true,
      connectionClose: false,
    });
    expect(head("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n")).toMatchObject({
      contentLength: -1,
      chunked: true,
      connectionClose: true,
    });
    expect(head("HTTP/1.0 200 OK\r\n\r\n").connectionClose).toBe(true);
    expect(head("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n").connectionClose).toBe(false);
  });

  it("takes a head of exactly the buffer's size and refuses a byte more, also before it ends", () => {
    const text = (bytes: number) => `X: ${"a".repeat(bytes - 7)}\r\n\r\n`;
    expect(parseResponseHead(text(64), 0, "cgi", 64)).toBeInstanceOf(ResponseHead);
    expect(parseResponseHead(text(65), 0, "cgi", 64)).toMatchObject({ error: "too_big_header" });
    expect(parseResponseHead(`X: ${"a".repeat(60)}`, 0, "cgi", 64)).toBeUndefined();
    expect(parseResponseHead(`X: ${"a".repeat(61)}`, 0, "cgi", 64)).toMatchObject({ error: "too_big_header" });
  });

  it.each(["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP-Foo: bar\r\nHTTX: y\r\n\r\nok", "Status: 404 Not Found\nA: b\n\nok"])(
    "waits at every split point of %j",
    (text) => {
      const whole = head(text);
      for (let length = 0; length < whole.end; length++) expect(read(text.slice(0, length)), `at ${length}`).toBeUndefined();
      expect(text.slice(whole.end)).toBe("ok");
    },
  );
});

describe("parseResponseHead() of HTTP/1.x", () => {
  it("insists on a status line", () => {
    expect(head("HTTP/1.1 204 No Content\r\n\r\n", "http1").status).toBe(204);
    for (const text of [
      "Content-Type: a/b\r\n\r\n",
      "<html>",
      "\r\n\r\n",
      "HTTP/1.1 20 OK\r\n",
      "HTTP/1.1 2000 OK\r\n",
      "http/1.1 200 OK\r\n",
    ]) {
      expect(refusal(text, "http1"), text).toMatchObject({ error: "invalid_status", detail: "upstream sent no valid HTTP/1.0 header" });
    }
  });

  it("does not take Status for the status", () => {
    expect(head("HTTP/1.1 200 OK\r\nStatus: 404 Not Found\r\n\r\n", "http1").status).toBe(200);
    expect(head("HTTP/1.1 200 OK\r\nStatus: x\r\n\r\n", "http1").status).toBe(200);
  });
});

interface GoldenCase {
  readonly name: string;
  readonly upstream_response_latin1?: string;
  readonly upstream_response_parts_latin1?: readonly string[];
  readonly "nginx-1.31.5": { readonly client_response_latin1: string; readonly log?: readonly string[] };
}

const GOLDEN = new URL("../../../golden/uwsgi/responses.json", import.meta.url);

describe.runIf(existsSync(GOLDEN))("parseResponseHead() against nginx 1.31.5", () => {
  /** Where we are stricter or nginx acts on more than the head; each has its own test where it belongs. */
  const elsewhere = new Set(["empty", "only-status-line"]);
  const cases = existsSync(GOLDEN) ? (JSON.parse(readFileSync(GOLDEN, "utf8")) as GoldenCase[]) : [];

  it.each(cases.filter((one) => !elsewhere.has(one.name) && !one.name.startsWith("xaccel")))("reads $name alike", (one) => {
    const sent = one.upstream_response_latin1 ?? one.upstream_response_parts_latin1?.join("") ?? "";
    const got = one["nginx-1.31.5"].client_response_latin1;
    // captures cut over-long texts short; what is not there cannot be read
    if (sent.endsWith("...")) return;
    const result = parseResponseHead(sent, 0, "cgi", BYTES_MAX);
    if (got.startsWith("HTTP/1.1 502")) {
      expect(result).toBeInstanceOf(ResponseRefusal);
      if (result instanceof ResponseRefusal) expect((one["nginx-1.31.5"].log ?? []).join("\n")).toContain(result.detail);
    } else {
      expect(result).toBeInstanceOf(ResponseHead);
      if (result instanceof ResponseHead) {
        expect(got.split("\r\n")[0]?.trimEnd()).toBe(`HTTP/1.1 ${result.statusText?.trimEnd() ?? standardText(result.status)}`);
      }
    }
  });
});

function standardText(status: number): string {
  return status === 302 ? "302 Moved Temporarily" : status === 404 ? "404 Not Found" : `${status} OK`;
}

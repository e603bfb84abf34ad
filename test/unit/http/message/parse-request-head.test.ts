import { describe, expect, it } from "vitest";
import { HeadRefusal } from "../../../../src/http/message/head-refusal.ts";
import { HeadIncomplete, type HeadLimits, type HeadRules, parseRequestHead } from "../../../../src/http/message/parse-request-head.ts";
import { RequestHead } from "../../../../src/http/message/request-head.ts";

const limits: HeadLimits = { firstBufferBytes: 1024, largeBuffers: 4, largeBufferBytes: 8192, fieldsMax: 1000 };
const rules: HeadRules = { underscores_in_headers: false, ignore_invalid_headers: true, strict_http: false, rulesForHost: undefined };
const strict: HeadRules = { ...rules, strict_http: true };

const read = (text: string, use: HeadRules = rules, within: HeadLimits = limits) => parseRequestHead(text, 0, within, use);

function head(text: string, use: HeadRules = rules): RequestHead {
  const result = read(text, use);
  if (!(result instanceof RequestHead)) throw new Error(`not a head: ${JSON.stringify(result)}`);
  return result;
}

function refusal(text: string, use: HeadRules = rules, within: HeadLimits = limits): HeadRefusal {
  const result = read(text, use, within);
  if (!(result instanceof HeadRefusal)) throw new Error(`not refused: ${JSON.stringify(result)}`);
  return result;
}

const withLine = (line: string) => `GET / HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n`;
const withHost = (value: string) => `GET / HTTP/1.1\r\nHost: ${value}\r\n\r\n`;
const withFirstLine = (line: string) => `${line}\r\nHost: a\r\n\r\n`;
const post = (...lines: string[]) => `POST / HTTP/1.1\r\nHost: a\r\n${lines.join("\r\n")}\r\n\r\n`;

describe("parseRequestHead()", () => {
  it("reads a usual head and leaves what is behind it", () => {
    const text = "GET /a?b HTTP/1.1\r\nHost: Example.test:8080\r\nAccept: */*\r\nX-Empty:\r\n\r\nBODY";
    const got = head(text);
    expect(got).toMatchObject({ method: "GET", target: "/a?b", version: 11, requestLine: "GET /a?b HTTP/1.1", host: "Example.test:8080" });
    expect(got.authority).toEqual({ host: "example.test", port: 8080 });
    expect(got.fieldNames).toEqual(["host", "accept", "x-empty"]);
    expect(got.fieldRawNames).toEqual(["Host", "Accept", "X-Empty"]);
    expect(got.fieldValues).toEqual(["Example.test:8080", "*/*", ""]);
    expect(text.slice(got.end)).toBe("BODY");
    expect(got.framing).toEqual({ kind: "none" });
  });

  it("starts where it is told to, for pipelined requests", () => {
    const text = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.0\r\n\r\n";
    const first = head(text);
    expect(parseRequestHead(text, first.end, limits, rules)).toMatchObject({ target: "/2", version: 10, end: text.length });
  });

  it("gives the same head however it is split in two", () => {
    const text = "\r\nPOST /a%20b?c#d HTTP/1.1\r\nHost: a\nX: 1\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc";
    const whole = head(text);
    for (let split = 0; split < whole.end; split++) {
      const first = parseRequestHead(text.slice(0, split), 0, limits, rules);
      expect(first, `at ${split}`).toBeInstanceOf(HeadIncomplete);
      expect(parseRequestHead(text, 0, limits, rules, first as HeadIncomplete), `at ${split}`).toEqual(whole);
    }
  });

  it("gives the same head byte by byte, also when the caller moves the text", () => {
    const text = "GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n";
    let progress: HeadIncomplete | undefined;
    for (let length = 1; length < text.length; length++) {
      const padding = "#".repeat(length % 5);
      progress = parseRequestHead(padding + text.slice(0, length), padding.length, limits, rules, progress) as HeadIncomplete;
      expect(progress.kind).toBe("incomplete");
    }
    const got = parseRequestHead(text, 0, limits, rules, progress) as RequestHead;
    expect(got.kind).toBe("head");
    expect(got.field("cookie")).toBe("a=1; b=2");
  });

  it("takes time linear in the bytes when they come one by one", () => {
    const text = `GET / HTTP/1.1\r\nHost: a\r\n${"a: b\r\n".repeat(900)}X: ${"y".repeat(7000)}\r\n\r\n`;
    const started = performance.now();
    let progress: HeadIncomplete | undefined;
    for (let length = 1; length < text.length; length++) {
      const result = parseRequestHead(text.slice(0, length), 0, limits, rules, progress);
      if (!(result instanceof HeadIncomplete)) throw new Error(JSON.stringify(result));
      progress = result;
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it.each([
    ["a bare LF as line end", "GET / HTTP/1.1\nHost: a\n\n"],
    ["line ends before the request line", "\r\n\n\rGET / HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["an unknown method", withFirstLine("BREW_IT-NOW / HTTP/1.1")],
    ["several spaces in the request line", withFirstLine("GET   /   HTTP/1.1  ")],
    ["raw 8-bit bytes in the target", withFirstLine("GET /caf\xc3\xa9 HTTP/1.1")],
    ['"<>^`{}| in the target', withFirstLine('GET /"<>^`{}| HTTP/1.1')],
    ["HTTP/1.2", withFirstLine("GET / HTTP/1.2")],
    ["a field line without colon", withLine("Foo")],
    ["HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n"],
    ["tabs in a value", withLine("X: a\tb")],
    ["8-bit bytes in a value", withLine("X: caf\xe9")],
    ["an IPv6 Host", withHost("[::1]:80")],
    ["a Host with a trailing dot", withHost("a.")],
    ["a second line of a list field", withLine("Accept: a\r\nAccept: b")],
  ])("accepts %s, as nginx does", (_what, text) => {
    expect(head(text).kind).toBe("head");
  });

  it("reads HTTP/0.9 as a whole head of one line", () => {
    expect(head("GET /x\r\n")).toMatchObject({ version: 9, target: "/x", end: 8 });
    expect(head("GET /x \r\n")).toMatchObject({ version: 9, target: "/x" });
    expect(refusal("POST /x\r\n").status).toBe(400);
  });

  it.each([
    ["a lower-case method", withFirstLine("get / HTTP/1.1"), 400, "client sent invalid method"],
    ["a TLS hello", "\x16\x03\x01\x02", 400, "client sent invalid method"],
    ["HTTP/2.0", withFirstLine("GET / HTTP/2.0"), 505, "client sent invalid version"],
    ["HTTP/10.1", withFirstLine("GET / HTTP/10.1"), 505, "client sent invalid version"],
    ["HTTP/0.9 as a word", withFirstLine("GET / HTTP/0.9"), 400, "client sent invalid request"],
    ["a version without minor", withFirstLine("GET / HTTP/1."), 400, "client sent invalid request"],
    ["a minor of four digits", withFirstLine("GET / HTTP/1.1000"), 400, "client sent invalid request"],
    ["a lower-case protocol", withFirstLine("GET / http/1.1"), 400, "client sent invalid request"],
    ["a space in the target", withFirstLine("GET /a b HTTP/1.1"), 400, "client sent invalid request"],
    ["a tab in the request line", withFirstLine("GET\t/ HTTP/1.1"), 400, "client sent invalid method"],
    ["a control character in the target", withFirstLine("GET /a\x01 HTTP/1.1"), 400, "client sent invalid request"],
    ["DEL in the target", withFirstLine("GET /a\x7f HTTP/1.1"), 400, "client sent invalid request"],
    ["a CR in the request line", withFirstLine("GET /\rX HTTP/1.1"), 400, "client sent invalid request"],
    ["the * target", withFirstLine("OPTIONS * HTTP/1.1"), 400, "client sent invalid request"],
    ["a target without slash", withFirstLine("GET a HTTP/1.1"), 400, "client sent invalid request"],
    ["userinfo in absolute-form", withFirstLine("GET http://u:p@h/ HTTP/1.1"), 400, "client sent invalid request"],
    ["an empty host in absolute-form", withFirstLine("GET http:///x HTTP/1.1"), 400, "client sent invalid host in request line"],
    ["a port that is no number in absolute-form", withFirstLine("GET http://h:8x/ HTTP/1.1"), 400, "client sent invalid request"],
    ["CONNECT to an authority", withFirstLine("CONNECT h:443 HTTP/1.1"), 405, "client sent CONNECT method"],
    ["CONNECT to a path", withFirstLine("CONNECT / HTTP/1.1"), 405, "client sent CONNECT method"],
    ["TRACE", withFirstLine("TRACE / HTTP/1.1"), 405, "client sent TRACE method"],
    ["a space before the colon", withLine("X-Bad : v"), 400, 'client sent invalid header line: "X-Bad\\x20..."'],
    ["obs-fold", withLine("X: a\r\n b"), 400, 'client sent invalid header line: "\\x20..."'],
    ["a tab-folded line", withLine("X: a\r\n\tb"), 400, 'client sent invalid header line: "\\x09..."'],
    ["an empty name", withLine(": v"), 400, 'client sent invalid header line: "\\x3a..."'],
    ["NUL in a value", withLine("X-Nul: a\0b"), 400, 'client sent invalid header line: "X-Nul: a\\x00..."'],
    ["CR in a value", withLine("X: a\rb"), 400, 'client sent invalid header line: "X: a\\x0d..."'],
    ["CR CR LF", withLine("X: a\r"), 400, 'client sent invalid header line: "X: a\\x0d..."'],
    [
      "CR and another byte instead of the empty line",
      "GET / HTTP/1.1\r\nHost: a\r\n\rX",
      400,
      'client sent invalid header line: "\\x0d..."',
    ],
    ["another control character in a value", withLine("X: a\x01b"), 400, 'client sent invalid header line: "X: a\\x01..."'],
    ["DEL in a value", withLine("X: a\x7fb"), 400, 'client sent invalid header line: "X: a\\x7f..."'],
    ["HTTP/1.1 without Host", "GET / HTTP/1.1\r\n\r\n", 400, 'client sent HTTP/1.1 request without "Host" header'],
    ["absolute-form without Host", "GET http://h/ HTTP/1.1\r\n\r\n", 400, 'client sent HTTP/1.1 request without "Host" header'],
    ["two Hosts", withLine("Host: b"), 400, 'client sent duplicate host header: "Host: b", previous value: "Host: a"'],
    ["an empty Host", withHost(""), 400, "client sent invalid host header"],
    ["a comma in Host", withHost("a,b"), 400, "client sent invalid host header"],
    ["userinfo in Host", withHost("a@b"), 400, "client sent invalid host header"],
    ["a path in Host", withHost("a/b"), 400, "client sent invalid host header"],
    ["8-bit bytes in Host", withHost("\xe9"), 400, "client sent invalid host header"],
    ["a port that is no number in Host", withHost("a:x"), 400, "client sent invalid host header"],
    ["CL with TE", post("Content-Length: 1", "Transfer-Encoding: chunked"), 400, expect.stringContaining("at the same time")],
    ["TE gzip", post("Transfer-Encoding: gzip, chunked"), 501, 'client sent unknown "Transfer-Encoding": "gzip, chunked"'],
    ["TE with a tab", post("Transfer-Encoding: chunked\t"), 501, 'client sent unknown "Transfer-Encoding": "chunked\t"'],
    ["two TE", post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400, expect.stringContaining("duplicate header line")],
    ["TE on HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, expect.stringContaining("HTTP/1.0 request with")],
    ["two equal CL", post("Content-Length: 1", "content-length: 1"), 400, expect.stringContaining("duplicate header line")],
    ["a CL with sign", post("Content-Length: +1"), 400, 'client sent invalid "Content-Length" header'],
    ["a negative CL", post("Content-Length: -1"), 400, 'client sent invalid "Content-Length" header'],
    ["a hexadecimal CL", post("Content-Length: 0x1"), 400, 'client sent invalid "Content-Length" header'],
    ["a CL list", post("Content-Length: 1, 1"), 400, 'client sent invalid "Content-Length" header'],
    ["an empty CL", post("Content-Length:"), 400, 'client sent invalid "Content-Length" header'],
    ["a CL with underscore", post("Content-Length: 1_0"), 400, 'client sent invalid "Content-Length" header'],
    ["a CL beyond 63 bits", post("Content-Length: 9223372036854775808"), 400, 'client sent invalid "Content-Length" header'],
    ["a CL that no body has", post("Content-Length: 9223372036854775807"), 413, expect.stringContaining("too large body")],
    ["two Authorization", withLine("Authorization: a\r\nAuthorization: b"), 400, expect.stringContaining("duplicate header line")],
    ["two If-None-Match", withLine("If-None-Match: a\r\nIf-None-Match: b"), 400, expect.stringContaining("duplicate header line")],
  ])("refuses %s", (_what, text, status, reason) => {
    expect(refusal(text)).toMatchObject({ status, reason });
  });

  it("keeps the request line of a refusal for the access log", () => {
    expect(refusal(withLine("X : 1")).requestLine).toBe("GET / HTTP/1.1");
    expect(refusal("get / HTTP/1.1\r\n\r\n").requestLine).toBe("get / HTTP/1.1");
  });

  it("trims spaces around values and leaves tabs", () => {
    expect(head(withLine("X-Trim:   padded value \t ")).field("x-trim")).toBe("padded value \t");
  });

  it("reads absolute-form: its authority wins, and the target is the rest as sent", () => {
    expect(head(withFirstLine("GET http://Ex.test:81/abs?q=1#f HTTP/1.1"))).toMatchObject({
      target: "/abs?q=1#f",
      authority: { host: "ex.test", port: 81 },
      host: "a",
    });
    expect(head(withFirstLine("GET http://h HTTP/1.1")).target).toBe("/");
    expect(head(withFirstLine("GET http://h?y HTTP/1.1")).target).toBe("?y");
    expect(head(withFirstLine("GET foo+1.x-y://[::1]:8/ HTTP/1.1")).authority).toEqual({ host: "[::1]", port: 8 });
  });

  it("drops fields with odd names and tells which", () => {
    const got = head(withLine("X_Under: 1\r\nX.Dot: 2\r\nX-Ok: 3\r\nContent.Length: 7"));
    expect(got.fieldNames).toEqual(["host", "x-ok"]);
    expect(got.droppedFields).toEqual(["X_Under: 1", "X.Dot: 2", "Content.Length: 7"]);
    expect(head(withLine("X-Ok: 3")).droppedFields).toEqual([]);
  });

  it("keeps names with underscores where underscores_in_headers is on, and all names where ignore_invalid_headers is off", () => {
    expect(head(withLine("X_U: 1\r\nX.D: 2"), { ...rules, underscores_in_headers: true }).fieldNames).toEqual(["host", "x_u"]);
    expect(head(withLine("X_U: 1\r\nX.D: 2\r\n\xc9A: 3"), { ...rules, ignore_invalid_headers: false }).fieldNames).toEqual([
      "host",
      "x_u",
      "x.d",
      "\xc9a",
    ]);
  });

  it("never takes Content_Length for Content-Length", () => {
    expect(head(post("Content_Length: 5", "Content-Length: 1"), { ...rules, underscores_in_headers: true }).framing).toEqual({
      kind: "length",
      bytes: 1,
    });
    expect(head(post(`Content-Length${"0".repeat(300)}: 5`)).framing).toEqual({ kind: "none" });
  });

  it("reads the lines behind Host by the rules of Host's server", () => {
    const byHost: HeadRules = {
      ...rules,
      rulesForHost: (host) => (host === "under.test" ? { ...rules, underscores_in_headers: true } : rules),
    };
    expect(head("GET / HTTP/1.1\r\nA_B: 1\r\nHost: under.test\r\nC_D: 2\r\n\r\n", byHost).fieldNames).toEqual(["host", "c_d"]);
  });

  it("finds body framing and what a connection is told", () => {
    expect(head(post("Content-Length: 12")).framing).toEqual({ kind: "length", bytes: 12 });
    expect(head(post("Transfer-Encoding: Chunked")).framing).toEqual({ kind: "chunked" });
    const upgrade = head(withLine("Connection: keep-alive, Upgrade\r\nUpgrade: websocket"));
    expect(upgrade).toMatchObject({ connectionKeepAlive: true, connectionUpgrade: true, connectionClose: false, upgrade: "websocket" });
    expect(head(withLine("connection: Close")).connectionClose).toBe(true);
    expect(head(withLine("Expect: 100-Continue")).expectContinue).toBe(true);
    expect(head(withLine("Expect: 200-ok")).expectContinue).toBe(false);
  });

  it("joins the lines of a field, and survives names of Object.prototype", () => {
    const got = head(withLine("X: a\r\nx: b\r\n__proto__: c\r\nConstructor: d"), { ...rules, ignore_invalid_headers: false });
    expect(got.field("x")).toBe("a, b");
    expect(got.field("__proto__")).toBe("c");
    expect(got.field("constructor")).toBe("d");
    expect(got.field("absent")).toBeUndefined();
  });

  describe("with strict_http", () => {
    it.each([
      ["HTTP/0.9", "GET /x\r\n"],
      ["a bare LF", "GET / HTTP/1.1\nHost: a\r\n\r\n"],
      ["a bare LF behind a field", "GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n"],
      ["a field line without colon", withLine("Foo")],
      ["bytes in a name that no token has", withLine("X(a): 1")],
      ["HTTP/1.2", withFirstLine("GET / HTTP/1.2")],
      ["double spaces", withFirstLine("GET  / HTTP/1.1")],
      ["raw 8-bit bytes in the target", withFirstLine("GET /caf\xe9 HTTP/1.1")],
      ...[...'"<>^`{}|'].map((byte): [string, string] => [`${byte} in the target`, withFirstLine(`GET /${byte} HTTP/1.1`)]),
    ])("refuses %s", (_what, text) => {
      expect(refusal(text, strict).status).toBe(400);
    });

    it("takes a plain request", () => {
      const got = head("GET /a-b_c~d%20?e=f;g&h[]=i#j HTTP/1.1\r\nHost: a\r\nX_y.z!: 1\r\n\r\n".replace("#j", ""), strict);
      expect(got).toMatchObject({ target: "/a-b_c~d%20?e=f;g&h[]=i", droppedFields: ["X_y.z!: 1"] });
    });
  });
});

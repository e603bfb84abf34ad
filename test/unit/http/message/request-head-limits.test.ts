import { describe, expect, it } from "vitest";
import { HeadRefusal } from "../../../../src/http/message/head-refusal.ts";
import { type HeadLimits, type HeadRules, parseRequestHead } from "../../../../src/http/message/parse-request-head.ts";

const rules: HeadRules = { underscores_in_headers: false, ignore_invalid_headers: true, strict_http: false, rulesForHost: undefined };
const small: HeadLimits = { firstBufferBytes: 32, largeBuffers: 2, largeBufferBytes: 64, fieldsMax: 3 };

const read = (text: string, within = small) => parseRequestHead(text, 0, within, rules);
const withLine = (line: string) => `GET / HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n`;
const lineOf = (bytes: number) => `GET /${"x".repeat(bytes - 16)} HTTP/1.1\r\n`;

function refusal(text: string, within = small): HeadRefusal {
  const result = read(text, within);
  if (!(result instanceof HeadRefusal)) throw new Error(`not refused: ${JSON.stringify(result)}`);
  return result;
}

describe("the limits of parseRequestHead()", () => {
  it("takes a request line of exactly one large buffer and answers 414 to a byte more", () => {
    expect(read(`${lineOf(64)}Host: a\r\n\r\n`).kind).toBe("head");
    expect(refusal(lineOf(65))).toMatchObject({ status: 414, reason: "client sent too long URI" });
  });

  it("answers 414 before the line ends", () => {
    expect(read(`GET /${"x".repeat(58)}`).kind).toBe("incomplete");
    expect(refusal(`GET /${"x".repeat(59)}`).status).toBe(414);
  });

  it("answers 494 to a field line past one large buffer", () => {
    expect(read(withLine(`X: ${"y".repeat(59)}`)).kind).toBe("head");
    expect(refusal(withLine(`X: ${"y".repeat(60)}`))).toMatchObject({ status: 494 });
    expect(refusal(`GET / HTTP/1.1\r\nX: ${"y".repeat(61)}`)).toMatchObject({ status: 494 });
  });

  it("answers 494 when all buffers are used", () => {
    const wide = { ...small, fieldsMax: 100 };
    const line = `X: ${"y".repeat(56)}`;
    expect(read(withLine(`${line}\r\n${line}`), wide).kind).toBe("head");
    expect(refusal(withLine(`${line}\r\n${line}\r\n${line}`), wide)).toMatchObject({
      status: 494,
      reason: "client sent too large request",
    });
  });

  it("answers 494 to more fields than max_headers", () => {
    expect(read(withLine("A: 1\r\nB: 2")).kind).toBe("head");
    expect(refusal(withLine("A: 1\r\nB: 2\r\nC: 3"))).toMatchObject({
      status: 494,
      reason: "client sent too many header lines",
    });
  });

  it("does not wait for ever through empty lines", () => {
    expect(read("\r\n".repeat(32)).kind).toBe("incomplete");
    expect(refusal("\r\n".repeat(33)).status).toBe(400);
  });
});

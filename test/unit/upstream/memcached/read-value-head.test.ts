import { describe, expect, it, test } from "vitest";
import { ResponseHead } from "../../../../src/http/message/response-head.ts";
import { readValueHead } from "../../../../src/upstream/memcached/read-value-head.ts";
import { UpstreamError } from "../../../../src/upstream/upstream-error.ts";

const ASKED = { key: "k", bytesMax: 4096, gzipFlag: 0 };

const read = (text: string, asked: Partial<typeof ASKED> = {}) => readValueHead(Buffer.from(text, "latin1"), { ...ASKED, ...asked });

function messageOf(text: string, asked: Partial<typeof ASKED> = {}): string {
  const error = read(text, asked);
  if (!(error instanceof UpstreamError)) throw new Error("There is no error");
  return error.message;
}

describe("readValueHead()", () => {
  it("reads a value's length, and where the value begins", () => {
    expect(read("VALUE k 0 5\r\nhello\r\nEND\r\n")).toMatchObject({
      status: 200,
      contentLength: 5,
      end: 13,
      names: [],
      connectionClose: false,
    });
  });

  it("reads END as 404 without a body", () => {
    expect(read("END\r\n")).toMatchObject({ status: 404, contentLength: 0, end: 5 });
  });

  it("wants more at every point of a line, and no more at its end", () => {
    const line = "VALUE k 0 5\r\n";
    for (let end = 0; end < line.length; end++) expect(read(line.slice(0, end))).toBeUndefined();
    expect(read(line)).toBeInstanceOf(ResponseHead);
  });

  it("finds a line of the buffer's size, and none that is longer", () => {
    const line = "VALUE k 0 5\r\n";
    expect(read(line, { bytesMax: line.length })).toBeInstanceOf(ResponseHead);
    expect(messageOf(line, { bytesMax: line.length - 1 })).toBe("upstream sent too big header");
    expect(read(line.slice(0, -2), { bytesMax: line.length - 1 })).toBeUndefined();
  });

  test.each([
    ["1", 2, []],
    ["2", 2, ["Content-Encoding"]],
    ["3", 2, ["Content-Encoding"]],
    ["4294967295", 2_147_483_648, ["Content-Encoding"]],
    ["8589934592", 8_589_934_592, ["Content-Encoding"]],
    ["words", 0, []],
    ["", 0, []],
  ])("flags %j with the bits %d give %j", (flags, gzipFlag, names) => {
    expect(read(`VALUE k ${flags} 1\r\n`, { gzipFlag })).toMatchObject({ status: 200, names });
  });

  test.each([
    ["ERROR\r\n", 'response: "ERROR"'],
    ["CLIENT_ERROR line too long\r\n", 'response: "CLIENT_ERROR line too long"'],
    ["\r\n", 'response: ""'],
    ["\n", 'response: ""'],
    ["END\n", 'response: "END"'],
    ["END \r\n", 'response: "END "'],
    ["value k 0 5\r\n", 'response: "value k 0 5"'],
    ["VALUE k0 5\r\n", 'response: "VALUE k0 5"'],
    ["VALUE k 0\r\n", 'response: "VALUE k 0"'],
    ["VALUE k 0\0 5\r\n", 'response: "VALUE k 0\0 5"'],
    ["VALUE other 0 5\r\n", 'key in response "VALUE other 0 5" for key "k"'],
    ["VALUE k 0 \r\n", 'length in response "VALUE k 0 " for key "k"'],
    ["VALUE k 0 -5\r\n", 'length in response "VALUE k 0 -5" for key "k"'],
    ["VALUE k 0 5 17\r\n", 'length in response "VALUE k 0 5 17" for key "k"'],
    ["VALUE k 0 99999999999999999999\r\n", 'length in response "VALUE k 0 99999999999999999999" for key "k"'],
  ])("refuses %j", (text, what) => {
    expect(messageOf(text)).toBe(`memcached sent invalid ${what}`);
  });

  it("refuses flags that are no number where they are looked at", () => {
    expect(messageOf("VALUE k words 5\r\n", { gzipFlag: 2 })).toBe(
      'memcached sent invalid flags in response "VALUE k words 5" for key "k"',
    );
  });
});

import { sensitiveHeaders } from "node:http2";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldLine, headersFromLines } from "../../../../src/upstream/http2/head-lines.ts";

describe("fieldLine()", () => {
  it.each(["X-A", "x a", "x:a", "", ":path", "x\u00e9", "x\r\ny"])("leaves out the name %j", (name) =>
    expect(fieldLine(name, "1")).toBe(""),
  );

  it("takes blanks off both ends of a value", () => expect(fieldLine("x-a", " \t1 2 ")).toBe("x-a: 1 2\r\n"));
});

describe("headersFromLines()", () => {
  it("reads pseudo-fields and fields, and joins what is repeated", () => {
    const lines = ":method: GET\r\n:path: /a:b\r\nx-a: 1\r\ncookie: a=1\r\nx-a: 2\r\ncookie: b=2\r\nx-empty: \r\n\r\n";
    expect({ ...headersFromLines(lines) }).toMatchObject({
      ":method": "GET",
      ":path": "/a:b",
      "x-a": "1, 2",
      cookie: "a=1; b=2",
      "x-empty": "",
    });
  });

  it("keeps credentials out of the shared compression state", () => {
    const never: unknown = Reflect.get(headersFromLines("\r\n"), sensitiveHeaders);
    expect(never).toEqual(["authorization", "cookie", "proxy-authorization"]);
  });

  it("gives back every set of fields that fieldLine() takes", () => {
    const name = fc.stringMatching(/^[a-z0-9_-]{1,12}$/);
    const value = fc.stringMatching(/^[!-9;-~]([ -~]{0,20}[!-~])?$/);
    fc.assert(
      fc.property(fc.dictionary(name, value), (fields) => {
        const lines = Object.entries(fields).map(([field, text]) => fieldLine(field, text));
        const read = headersFromLines(`${lines.join("")}\r\n`);
        expect(Object.entries(read)).toEqual(expect.arrayContaining(Object.entries(fields)));
        expect(Object.keys(read)).toHaveLength(Object.keys(fields).length);
      }),
      { numRuns: 200 },
    );
  });
});

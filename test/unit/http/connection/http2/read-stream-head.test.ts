import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readStreamHead } from "../../../../../src/http/connection/http2/read-stream-head.ts";
import { HeadRefusal } from "../../../../../src/http/message/head-refusal.ts";
import type { HeadLimits, HeadRules } from "../../../../../src/http/message/parse-request-head.ts";
import type { RequestHead } from "../../../../../src/http/message/request-head.ts";

const LIMITS: HeadLimits = { firstBufferBytes: 1024, largeBuffers: 4, largeBufferBytes: 8192, fieldsMax: 10 };
const RULES: HeadRules = { underscores_in_headers: false, ignore_invalid_headers: true, strict_http: false, rulesForHost: undefined };
const PSEUDO = [":method", "GET", ":scheme", "https", ":authority", "Example.com:8443", ":path", "/a?b=c"];

function read(fields: readonly string[], rules: Partial<HeadRules> = {}): RequestHead {
  const head = readStreamHead(fields, LIMITS, { ...RULES, ...rules });
  if (head instanceof HeadRefusal) throw new Error(`Refused: ${head.reason}`);
  return head;
}

function refusal(fields: readonly string[], rules: Partial<HeadRules> = {}): { status: number; reason: string } {
  const head = readStreamHead(fields, LIMITS, { ...RULES, ...rules });
  if (!(head instanceof HeadRefusal)) throw new Error("Not refused");
  return { status: head.status, reason: head.reason };
}

describe("a request", () => {
  test("has nginx's request line, its target and its host", () => {
    const head = read([...PSEUDO, "accept", "*/*"]);
    expect(head.requestLine).toBe("GET /a?b=c HTTP/2.0");
    expect(head).toMatchObject({ method: "GET", target: "/a?b=c", version: 20, host: "Example.com:8443" });
    expect(head.authority).toEqual({ host: "example.com", port: 8443 });
    expect(head.field("accept")).toBe("*/*");
  });

  test("shows :authority to applications as a Host field, once", () => {
    const head = read(PSEUDO);
    expect(head.fieldNames.filter((name) => name === "host")).toEqual(["host"]);
    expect(read([...PSEUDO, "host", "example.com:8443"]).field("host")).toBe("example.com:8443");
  });

  test("may name its host in a Host field alone", () => {
    const head = read([":method", "GET", ":scheme", "http", ":path", "/", "host", "b.example"]);
    expect(head.authority?.host).toBe("b.example");
  });

  test("has one cookie field however many crumbs came", () => {
    const head = read([...PSEUDO, "cookie", "a=1", "x-a", "1", "cookie", "b=2", "cookie", "c=3"]);
    expect(head.field("cookie")).toBe("a=1; b=2; c=3");
    expect(head.fieldNames.filter((name) => name === "cookie")).toHaveLength(1);
  });

  test("has the body that content-length declares", () => {
    expect(read([...PSEUDO, "content-length", "12"]).framing).toEqual({ kind: "length", bytes: 12 });
    expect(read(PSEUDO).framing).toEqual({ kind: "none" });
  });

  test("may expect a 100", () => {
    expect(read([...PSEUDO, "expect", "100-continue"]).expectContinue).toBe(true);
  });
});

describe("names", () => {
  test("with underscores are left out unless underscores_in_headers is on", () => {
    expect(read([...PSEUDO, "x_a", "1"]).droppedFields).toEqual(["x_a: 1"]);
    expect(read([...PSEUDO, "x_a", "1"], { underscores_in_headers: true }).field("x_a")).toBe("1");
  });

  test("that nginx does not know are kept where ignore_invalid_headers is off", () => {
    expect(read([...PSEUDO, "x.a", "1"]).droppedFields).toEqual(["x.a: 1"]);
    expect(read([...PSEUDO, "x.a", "1"], { ignore_invalid_headers: false }).field("x.a")).toBe("1");
  });

  test("follow the rules of the server that is asked for", () => {
    const rulesForHost = (host: string): HeadRules => ({ ...RULES, underscores_in_headers: host === "example.com" });
    expect(read([...PSEUDO, "x_a", "1"], { rulesForHost }).field("x_a")).toBe("1");
    const other = [":method", "GET", ":scheme", "http", ":authority", "other", ":path", "/", "x_a", "1"];
    expect(read(other, { rulesForHost }).field("x_a")).toBeUndefined();
  });
});

describe("a refusal", () => {
  const replaced = (name: string, value: string): readonly string[] => PSEUDO.map((text, i) => (PSEUDO[i - 1] === name ? value : text));

  test.each([
    ["a lower-case method", replaced(":method", "get"), 400],
    ["an asterisk", replaced(":path", "*"), 400],
    ["an absolute target", replaced(":path", "http://example.com/"), 400],
    ["a space in the target", replaced(":path", "/a b"), 400],
    ["no target", replaced(":path", ""), 400],
    ["a host that is none", replaced(":authority", "a b"), 400],
    ["userinfo", replaced(":authority", "user@example.com"), 400],
    ["no host at all", [":method", "GET", ":scheme", "http", ":path", "/"], 400],
    ["two hosts", [...PSEUDO, "host", "example.com:8443", "host", "example.com:8443"], 400],
    ["a host beside another :authority", [...PSEUDO, "host", "other.example"], 400],
    ["a control character in a value", [...PSEUDO, "x-a", "a\rb"], 400],
    ["a length that is none", [...PSEUDO, "content-length", "1,2"], 400],
    ["two lengths", [...PSEUDO, "content-length", "1", "content-length", "1"], 400],
    ["TRACE", replaced(":method", "TRACE"), 405],
    ["CONNECT", [":method", "CONNECT", ":authority", "example.com:443"], 405],
    ["a field above a buffer", [...PSEUDO, "x-a", "a".repeat(8190)], 494],
    ["more fields than max_headers", [...PSEUDO, ...Array.from({ length: 11 }, (_, i) => [`x-${i}`, "1"]).flat()], 494],
    ["fields above all buffers", [...PSEUDO, ...Array.from({ length: 6 }, (_, i) => [`x-${i}`, "a".repeat(8000)]).flat()], 494],
  ])("answers %s", (_name, fields, status) => {
    expect(refusal(fields).status).toBe(status);
  });

  test("is none for a field that just fits its buffer", () => {
    expect(read([...PSEUDO, "x-a", "a".repeat(8189)]).field("x-a")).toHaveLength(8189);
  });

  test("names what an unusual name is under strict_http", () => {
    expect(refusal([...PSEUDO, "x\xe4", "1"], { strict_http: true })).toEqual({
      status: 400,
      reason: 'client sent invalid header: "x\xe4"',
    });
  });
});

test("whatever comes is a head or a refusal, and no head holds line ends", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("", ":path", "/", "host", "cookie", "GET", ":method", ":authority", "a\r\nb"));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 30 }), fc.boolean(), (fields, strict) => {
      const head = readStreamHead([...PSEUDO, ...fields], LIMITS, { ...RULES, strict_http: strict });
      if (head instanceof HeadRefusal) return;
      for (const value of [head.target, head.requestLine, ...head.fieldNames, ...head.fieldValues]) expect(value).not.toMatch(/[\r\n\0]/);
    }),
    { numRuns: 300 },
  );
});

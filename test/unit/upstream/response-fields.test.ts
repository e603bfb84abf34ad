import { describe, expect, it } from "vitest";
import type { CompiledLocation } from "../../../src/http/compiled.ts";
import { parseResponseHead, ResponseHead } from "../../../src/http/message/response-head.ts";
import type { Response } from "../../../src/http/response.ts";
import { accelBuffering, accelRedirect } from "../../../src/upstream/accel-fields.ts";
import { type RepeatedField, responseFrom } from "../../../src/upstream/response-fields.ts";
import { makeRequest } from "../make-request.ts";

const r = makeRequest({} as CompiledLocation);

function headOf(text: string): ResponseHead {
  const head = parseResponseHead(`${text}\r\n\r\n`, 0, "cgi", 4096);
  if (!(head instanceof ResponseHead)) throw new Error(`Cannot read ${text}`);
  return head;
}

function answer(text: string, hidden: readonly string[] = [], repeated: RepeatedField[] = []): Response {
  return responseFrom(
    r,
    headOf(text),
    undefined,
    {
      hidden: new Set(hidden),
      ignored: new Set(),
      standsInForServer: false,
      rewriteRedirect: undefined,
      rewriteCookie: undefined,
      forceRanges: false,
      contentTypeOf: undefined,
    },
    (field) => repeated.push(field),
  );
}

describe("responseFrom()", () => {
  it("passes fields in their order and takes known ones out", () => {
    const response = answer(
      'HTTP/1.1 201 Made It\r\nX-B: 1\r\nContent-Type: a/b\r\nX-A: 2\r\nDate: D\r\nServer: S\r\nLast-Modified: L\r\nContent-Length: 3\r\nETag: "e"',
    );
    expect(response).toMatchObject({
      status: 201,
      reason: "Made It",
      contentType: "a/b",
      lastModifiedText: "L",
      contentLength: 3,
    });
    expect(response).toMatchObject({ hasOwnDate: true, hasOwnServer: true });
    expect(response.fields).toEqual(["X-B", "1", "X-A", "2", "Date", "D", "Server", "S", "ETag", '"e"']);
  });

  it("passes nothing that belongs to the upstream's connection", () => {
    const text =
      "HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nTE: x\r\nTrailer: X\r\nUpgrade: h2c\r\nProxy-Connection: close\r\nX-Kept: 1";
    expect(answer(text).fields).toEqual(["X-Kept", "1"]);
  });

  it("keeps the first of a repeated single field and tells of the others; lists stay lists", () => {
    const repeated: RepeatedField[] = [];
    const response = answer("HTTP/1.1 200 OK\r\nETag: 1\r\nETag: 2\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nVary: A\r\nVary: B", [], repeated);
    expect(response.fields).toEqual(["ETag", "1", "Set-Cookie", "a", "Set-Cookie", "b", "Vary", "A", "Vary", "B"]);
    expect(repeated).toEqual([{ name: "ETag", value: "2", previous: "1" }]);
  });

  it("hides fields by name, known ones too", () => {
    const response = answer("HTTP/1.1 200 OK\r\nServer: S\r\nX-Pad: 1\r\nX-A: 2", ["server", "x-pad"]);
    expect(response.hasOwnServer).toBe(false);
    expect(response.fields).toEqual(["X-A", "2"]);
  });

  it("sends no Content-Length with 204, and the one of the missing body with 304", () => {
    expect(answer("HTTP/1.1 204 No Content\r\nContent-Length: 4").contentLength).toBe(-1);
    expect(answer("HTTP/1.1 304 Not Modified\r\nContent-Length: 4").contentLength).toBe(4);
  });

  it.each([
    ["HTTP/1.1 200", ""],
    ["HTTP/1.1 200 Fine", "Fine"],
    ["Status: 404", undefined],
    ["Status: 404 Lost", "Lost"],
  ])("%s has the reason %j", (text, reason) => {
    expect(answer(text).reason).toBe(reason);
  });
});

describe("X-Accel fields", () => {
  it.each([
    ["/a%20b?c=%20", { uri: "/a b", args: "c=%20" }],
    ["@named", { uri: "@named" }],
    ["/a/../b", { unsafeUri: "/a/../b" }],
    ["/a/%2e%2e/b", { unsafeUri: "/a/%2e%2e/b" }],
    ["/a%00", { unsafeUri: "/a%00" }],
    ["/a/..b", { uri: "/a/..b", args: "" }],
  ])("X-Accel-Redirect: %s leads to %j", (value, expected) => {
    expect(accelRedirect(headOf(`X-Accel-Redirect: ${value}`), new Set())).toMatchObject(expected);
  });

  it("X-Accel-Redirect is not followed when it is ignored", () => {
    expect(accelRedirect(headOf("X-Accel-Redirect: /a"), new Set(["x-accel-redirect"]))).toBeUndefined();
  });

  it.each([
    ["X-Accel-Buffering: no", "unbuffered"],
    ["X-Accel-Buffering: yes", "buffered"],
    ["Content-Type: text/event-stream", "unbuffered"],
    ["Content-Type: text/event-stream; charset=utf-8", "unbuffered"],
    ["Content-Type: text/plain", "buffered"],
  ] as const)("%s makes an answer %s", (text, mode) => {
    expect(accelBuffering(headOf(text), new Set(), "buffered")).toBe(mode);
  });
});

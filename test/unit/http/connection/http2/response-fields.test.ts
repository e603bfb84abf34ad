import { describe, expect, test } from "vitest";
import type { CompiledLocation } from "../../../../../src/http/compiled.ts";
import { fieldsBytes, responseFields, trailerFields } from "../../../../../src/http/connection/http2/response-fields.ts";
import { fullResponse, Response } from "../../../../../src/http/response.ts";
import { makeRequest } from "../../../make-request.ts";

const location = {
  settings: { serverTokens: "off", absoluteRedirect: true, portInRedirect: true, serverNameInRedirect: false },
} as unknown as CompiledLocation; // all that the head of an answer is made with

function fieldsOf(response: Response): Record<string, unknown> {
  const { date, ...fields } = responseFields(makeRequest(location, { version: 20 }), response);
  expect(date).toMatch(/ GMT$/);
  return fields;
}

function withFields(...fields: readonly string[]): Response {
  const response = fullResponse(200, undefined, "");
  response.fields = [...fields];
  return response;
}

describe("an answer's fields", () => {
  test("are those of HTTP/1.1 in lower case", () => {
    const response = fullResponse(200, "text/plain", "body");
    response.lastModified = 0;
    response.setEtag('"1"');
    expect(fieldsOf(response)).toEqual({
      ":status": 200,
      server: "foregate",
      "content-type": "text/plain",
      "content-length": "4",
      "last-modified": "Thu, 01 Jan 1970 00:00:00 GMT",
      etag: '"1"',
    });
  });

  test("do not hold what belongs to one connection, or is no name", () => {
    const names = ["Connection", "Keep-Alive", "Upgrade", "Transfer-Encoding", "TE", "Proxy-Connection", ":path", "a b", ""];
    expect(fieldsOf(withFields(...names.flatMap((name) => [name, "x"]), "X-A", "1"))).toEqual({
      ":status": 200,
      server: "foregate",
      "content-length": "0",
      "x-a": "1",
    });
  });

  test("are repeated where they may be", () => {
    const fields = fieldsOf(withFields("Set-Cookie", "a=1", "Set-Cookie", "b=2", "Vary", "a", "vary", "b", "Vary", "c"));
    expect(fields).toMatchObject({ "set-cookie": ["a=1", "b=2"], vary: ["a", "b", "c"] });
  });

  test("that Node.js takes once only are joined, or the last one stands", () => {
    const fields = fieldsOf(withFields("Content-Encoding", "gzip", "Content-Encoding", "br", "Age", "1", "Age", "2"));
    expect(fields).toMatchObject({ "content-encoding": "gzip, br", age: "2" });
  });

  test("may be called as what every object has", () => {
    const named = withFields("constructor", "a", "__proto__", "b", "toString", "c");
    const entries = Object.entries(responseFields(makeRequest(location, { version: 20 }), named));
    expect(entries.slice(-3)).toEqual([
      ["constructor", "a"],
      ["__proto__", "b"],
      ["tostring", "c"],
    ]);
    expect(Object.entries(trailerFields(["constructor", "a"]))).toEqual([["constructor", "a"]]);
  });

  test("hold no line ends", () => {
    expect(fieldsOf(withFields("X-A", "a\r\nb\0c"))).toMatchObject({ "x-a": "a b c" });
  });

  test("give a relative redirect scheme, host and port", () => {
    const response = new Response(302, undefined, 0);
    response.location = "/x";
    expect(fieldsOf(response)).toMatchObject({ location: "http://test/x" });
  });

  test.each([
    [199, 500],
    [200, 200],
    [599, 599],
    [600, 500],
    [999, 500],
  ])("say for the status %i what Node.js can send: %i", (status, sent) => {
    expect(fieldsOf(new Response(status, undefined, 0))[":status"]).toBe(sent);
  });

  test("say no type and length with a 204", () => {
    expect(fieldsOf(fullResponse(204, "text/plain", "x"))).toEqual({ ":status": 204, server: "foregate" });
  });
});

test("trailers are fields in lower case", () => {
  expect(trailerFields(["X-Sum", "1", "Connection", "close"])).toEqual({ "x-sum": "1" });
});

test("a head counts its names and values", () => {
  expect(fieldsBytes({ ab: "cde", f: "g" })).toBe(7);
});

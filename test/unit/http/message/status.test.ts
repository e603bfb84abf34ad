import { describe, expect, it } from "vitest";
import { errorPageWords, reasonPhrase, statusLine, wireStatus } from "../../../../src/http/message/status.ts";

describe("statusLine()", () => {
  it.each([
    [200, "HTTP/1.1 200 OK\r\n"],
    [302, "HTTP/1.1 302 Moved Temporarily\r\n"],
    [405, "HTTP/1.1 405 Not Allowed\r\n"],
    [408, "HTTP/1.1 408 Request Time-out\r\n"],
    [203, "HTTP/1.1 203 \r\n"],
    [418, "HTTP/1.1 418 \r\n"],
    [600, "HTTP/1.1 600 \r\n"],
    [999, "HTTP/1.1 999 \r\n"],
    [99, "HTTP/1.1 099 \r\n"],
    [1000, "HTTP/1.1 1000 \r\n"],
  ])("writes %i as nginx does", (status, line) => {
    expect(statusLine(status)).toBe(line);
  });
});

describe("errorPageWords()", () => {
  it.each([
    [404, "404 Not Found", "404 Not Found", undefined],
    [302, "302 Found", "302 Found", undefined],
    [401, "401 Authorization Required", "401 Authorization Required", undefined],
    [494, "400 Request Header Or Cookie Too Large", "400 Bad Request", "Request Header Or Cookie Too Large"],
    [495, "400 The SSL certificate error", "400 Bad Request", "The SSL certificate error"],
    [496, "400 No required SSL certificate was sent", "400 Bad Request", "No required SSL certificate was sent"],
    [497, "400 The plain HTTP request was sent to HTTPS port", "400 Bad Request", "The plain HTTP request was sent to HTTPS port"],
  ])("has nginx's words for %i", (status, title, heading, cause) => {
    expect(errorPageWords(status)).toEqual({ title, heading, cause });
  });

  it.each([200, 204, 300, 304, 407, 417, 418, 422, 451, 499, 508])("has no page for %i, as nginx", (status) => {
    expect(errorPageWords(status)).toBeUndefined();
  });
});

describe("wireStatus()", () => {
  it("answers nginx's internal statuses as 400", () => {
    expect([494, 495, 496, 497, 404, 200].map(wireStatus)).toEqual([400, 400, 400, 400, 404, 200]);
    expect(reasonPhrase(wireStatus(494))).toBe("Bad Request");
  });
});

import { describe, expect, test } from "vitest";
import { type Choice, findForwardedClient } from "../../../src/http/forwarded-client.ts";
import { ipBytes, ipText } from "../../../src/net/ip-address.ts";

/** 10.x is trusted, and 127.0.0.1, from which the request comes. */
function find(choice: Choice, ...lines: readonly string[]): string | undefined {
  const client = findForwardedClient(ipBytes("127.0.0.1") ?? "", lines, (bytes) => /^[\x0a\x7f]/.test(bytes), choice);
  return client === undefined ? undefined : `${ipText(client.bytes)} ${client.port}`.trimEnd();
}

describe("the last address", () => {
  test.each([
    ["1.2.3.4", "1.2.3.4"],
    ["1.2.3.4:567", "1.2.3.4 567"],
    ["::1", "::1"],
    ["[::1]", "::1"],
    ["[::1]:80", "::1 80"],
    ["[1.2.3.4]:80", "1.2.3.4 80"],
    ["5.6.7.8, 1.2.3.4", "1.2.3.4"],
    ["5.6.7.8,1.2.3.4 , ", "1.2.3.4"],
    ["1.2.3.4, 10.1.1.1", "10.1.1.1"],
  ])("of %j is %s", (line, client) => expect(find("last", line)).toBe(client));

  test.each([
    "",
    " ",
    ",",
    "x",
    ",1.2.3.4",
    "1.2.3.4, x",
    "1.2.3.4:0",
    "1.2.3.4:65536",
    "1.2.3.4:",
    "1.2.3.4:1:2",
    "[::1",
    "[::1]x",
    "[]:80",
    "::1:80:zz",
  ])("is none in %j", (line) => expect(find("last", line)).toBeUndefined());

  test("is that of the last line", () => expect(find("last", "1.1.1.1", "2.2.2.2")).toBe("2.2.2.2"));
});

describe("the last untrusted address", () => {
  test.each([
    [["1.1.1.1, 2.2.2.2"], "2.2.2.2"],
    [["1.1.1.1, 2.2.2.2, 10.1.1.1, 10.2.2.2"], "2.2.2.2"],
    [["10.1.1.1, 10.2.2.2"], "10.1.1.1"],
    [["x, 10.2.2.2"], "10.2.2.2"],
    [["10.1.1.1:77, 10.2.2.2:88"], "10.1.1.1 77"],
    [["1.1.1.1", "10.2.2.2"], "1.1.1.1"],
    [["1.1.1.1", "2.2.2.2, 10.2.2.2"], "2.2.2.2"],
    [["x", "10.2.2.2"], "10.2.2.2"],
  ])("of %j is %s", (lines, client) => expect(find("last untrusted", ...lines)).toBe(client));
});

test("who is not trusted is not listened to", () => {
  expect(findForwardedClient(ipBytes("192.0.2.1") ?? "", ["1.2.3.4"], () => false, "last")).toBeUndefined();
});

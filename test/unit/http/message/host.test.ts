import { describe, expect, it } from "vitest";
import { parseHost } from "../../../../src/http/message/host.ts";

describe("parseHost()", () => {
  it.each([
    ["a", "a", 0],
    ["A.b", "a.b", 0],
    ["a.", "a", 0],
    ["a:", "a", 0],
    ["a.:80", "a", 80],
    ["a:65535", "a", 65535],
    ["a_b~c", "a_b~c", 0],
    ["a!$&'()*+;=", "a!$&'()*+;=", 0],
    ["a%41", "a%41", 0],
    [".a", ".a", 0],
    ["[::1]", "[::1]", 0],
    ["[FE80::1]:8080", "[fe80::1]", 8080],
    ["127.0.0.1:1", "127.0.0.1", 1],
  ])("reads %j", (value, host, port) => {
    expect(parseHost(value)).toEqual({ host, port });
    expect(parseHost(value)).toEqual({ host, port });
  });

  it.each([
    "",
    ".",
    "a..",
    "a..b",
    ":80",
    "a:x",
    "a:80a",
    "a:-1",
    "a:65536",
    "a:80:80",
    "a b",
    "a/b",
    "a?b",
    "a#b",
    "a@b",
    "a,b",
    "a\\b",
    "\xe9",
    "a%4",
    "[::1",
    "[]",
    "[x]y",
    "::1",
    "a\0",
  ])("refuses %j", (value) => {
    expect(parseHost(value)).toBeUndefined();
    expect(parseHost(value)).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { parseUpstreamUrl } from "../../../src/upstream/upstream-url.ts";

const inet = (host: string, port: number) => ({ kind: "inet", host, port });

describe("parseUpstreamUrl()", () => {
  it.each([
    ["backend", { name: "backend", port: undefined, address: inet("backend", 80), uri: "" }],
    ["backend:8080/x?y", { name: "backend", port: 8080, address: inet("backend", 8080), uri: "/x?y" }],
    ["[::1]:81", { name: "[::1]", port: 81, address: inet("::1", 81), uri: "" }],
    ["host?q", { name: "host", port: undefined, address: inet("host", 80), uri: "/?q" }],
    ["unix:/run/a.sock", { name: "unix:/run/a.sock", port: undefined, address: { kind: "unix", path: "/run/a.sock" }, uri: "" }],
    ["unix:/run/a.sock:/u", { name: "unix:/run/a.sock", port: undefined, address: { kind: "unix", path: "/run/a.sock" }, uri: "/u" }],
  ])("reads %s", (text, expected) => {
    expect(parseUpstreamUrl(text, 80)).toEqual(expected);
  });

  it.each([
    ["", "no host"],
    [":80", "no host"],
    ["a:99999", "invalid port"],
    ["a:0", "invalid port"],
    ["a:b", "invalid port"],
    ["a\r\nX: y", "invalid host"],
    ["a b:80", "invalid host"],
    ["unix:/a\0b", "invalid path in the unix domain socket"],
    ["unix:", "no path in the unix domain socket"],
  ])("calls %j a mistake: %s", (text, mistake) => {
    expect(parseUpstreamUrl(text, 80)).toEqual({ mistake });
  });
});

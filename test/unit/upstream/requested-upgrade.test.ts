import { expect, it } from "vitest";
import { namesHttp2, requestedUpgrade } from "../../../src/upstream/requested-upgrade.ts";
import { compileForwardSite } from "./forward-fixture.ts";

const site = compileForwardSite("server { location / { proxy_pass http://a; } }");
const upgradeOf = (version: string, ...lines: readonly string[]): string | undefined =>
  requestedUpgrade(site.request([`GET / HTTP/${version}`, "Host: x", ...lines, "", ""].join("\r\n")).head);

it.each([
  ["Upgrade: websocket", "Connection: Upgrade", "websocket"],
  ["Upgrade: WebSocket", "Connection: keep-alive, upgrade", "WebSocket"],
  ["Upgrade: a/1, b", "Connection: UPGRADE", "a/1, b"],
  ["Upgrade: xh2c", "Connection: upgrade", "xh2c"],
])("requestedUpgrade() of %j and %j is %j", (upgrade, connection, value) => {
  expect(upgradeOf("1.1", upgrade, connection)).toBe(value);
});

it("requestedUpgrade() joins two lines", () => {
  expect(upgradeOf("1.1", "Upgrade: a", "Connection: upgrade", "Upgrade: b")).toBe("a, b");
});

it.each([
  ["1.0", ["Upgrade: websocket", "Connection: upgrade"]],
  ["1.1", ["Upgrade: websocket"]],
  ["1.1", ["Upgrade: websocket", "Connection: close"]],
  ["1.1", ["Connection: upgrade"]],
  ["1.1", ["Upgrade: h2c", "Connection: upgrade"]],
  ["1.1", ["Upgrade: websocket", "Connection: upgrade", "Upgrade: h2c"]],
])("requestedUpgrade() of HTTP/%s with %j is none", (version, lines) => {
  expect(upgradeOf(version, ...lines)).toBeUndefined();
});

it.each(["h2c", "H2C", "h2", "h2c-14", "HTTP/2.0", "http/2", "websocket,h2c", "websocket,\t h2c", " h2c"])(
  "namesHttp2() finds it in %j",
  (value) => {
    expect(namesHttp2(value)).toBe(true);
  },
);

it.each(["", "websocket", "HTTP/1.1", "TLS/1.0", "xh2c"])("namesHttp2() finds nothing in %j", (value) => {
  expect(namesHttp2(value)).toBe(false);
});

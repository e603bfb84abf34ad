import { expect, it } from "vitest";
import { SessionCache } from "../../../../src/upstream/tls/session-cache.ts";

const session = (text: string): Buffer => Buffer.from(text);

it("gives the newest session of a key, and of no other", () => {
  const cache = new SessionCache();
  cache.put("a", session("1"));
  cache.put("a", session("2"));
  expect(cache.get("a")?.toString()).toBe("2");
  expect(cache.get("b")).toBeUndefined();
});

it("forgets what a failed handshake began with", () => {
  const cache = new SessionCache();
  cache.put("a", session("1"));
  cache.forget("a");
  expect(cache.get("a")).toBeUndefined();
});

it("keeps 256 sessions and drops the one that was written longest ago", () => {
  const cache = new SessionCache();
  for (let i = 0; i < 256; i++) cache.put(String(i), session("x"));
  cache.put("0", session("again"));
  cache.put("one more", session("x"));
  expect(cache.get("0")?.toString()).toBe("again");
  expect(cache.get("1")).toBeUndefined();
  expect(cache.get("2")).toBeDefined();
});

import { describe, expect, it } from "vitest";
import { SessionStore } from "../../../../../src/http/connection/tls/session-store.ts";

describe("SessionStore", () => {
  it("gives a session back until its time is over", () => {
    const store = new SessionStore(10);
    store.put("a", "session", 1000, 500);
    expect([store.get("a", 1499), store.get("b", 500), store.get("a", 1500), store.get("a", 500)]).toEqual([
      "session",
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("holds as many as it may, and drops the one unused longest", () => {
    const store = new SessionStore(2);
    store.put("a", "1", 1000, 0);
    store.put("b", "2", 1000, 0);
    expect(store.get("a", 0)).toBe("1");
    store.put("c", "3", 1000, 0);
    expect([store.size, store.get("b", 0), store.get("a", 0), store.get("c", 0)]).toEqual([2, undefined, "1", "3"]);
  });

  it("takes a session of the same id in the place of the former", () => {
    const store = new SessionStore(2);
    for (const session of ["1", "2", "3"]) store.put("a", session, 1000, 0);
    expect([store.size, store.get("a", 0)]).toEqual([1, "3"]);
  });

  it("lets two that are over go for each new one", () => {
    const store = new SessionStore(10);
    for (const id of ["a", "b", "c"]) store.put(id, "session", 10, 0);
    store.put("d", "session", 10, 20);
    expect(store.size).toBe(2);
    store.put("e", "session", 10, 20);
    expect(store.size).toBe(2);
  });
});

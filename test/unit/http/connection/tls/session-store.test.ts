import { describe, expect, it } from "vitest";
import { SessionStore } from "../../../../../src/http/connection/tls/session-store.ts";

const session = Buffer.from("session");

describe("SessionStore", () => {
  it("gives a session back until its time is over", () => {
    const store = new SessionStore(10);
    store.put("a", session, 1000);
    expect([store.get("a", 999), store.get("a", 1000), store.get("a", 1), store.get("b", 1)]).toEqual([
      session,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("holds as many as it may, and drops the one kept longest", () => {
    const store = new SessionStore(2);
    for (const id of ["a", "b", "a", "c"]) store.put(id, session, 1000);
    expect([store.size, store.get("b", 0), store.get("a", 0), store.get("c", 0)]).toEqual([2, undefined, session, session]);
  });
});

import { afterEach, describe, expect, test } from "vitest";
import { inheritedSocketsEnvironment, takeInheritedSockets } from "../../../src/process/inherited-sockets.ts";

const NAMES = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "FOREGATE_SOCKETS"] as const;
afterEach(() => {
  for (const name of NAMES) delete process.env[name];
});

describe("takeInheritedSockets()", () => {
  test.each([
    ["nothing", {}],
    ["sockets for another process", { LISTEN_PID: String(process.pid + 1), LISTEN_FDS: "1" }],
    ["no number of sockets", { LISTEN_PID: String(process.pid), LISTEN_FDS: "many" }],
    ["no sockets", { LISTEN_PID: String(process.pid), LISTEN_FDS: "0" }],
  ])("takes none where the environment tells of %s, and leaves no trace of it to children", (_what, environment) => {
    Object.assign(process.env, environment);
    expect(takeInheritedSockets()).toEqual({ from: "nobody", sockets: [] });
    for (const name of NAMES) expect(process.env[name]).toBeUndefined();
  });

  test("knows a master's successor, also one that gets no sockets", () => {
    Object.assign(process.env, inheritedSocketsEnvironment([]));
    expect(takeInheritedSockets()).toEqual({ from: "master", sockets: [] });
    expect(process.env["FOREGATE_SOCKETS"]).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { currentLogTime, renderLogTime, renderSeconds } from "../../../src/log/log-time.ts";

describe("renderLogTime()", () => {
  it("prints a second in nginx's four forms", () => {
    expect(renderLogTime(Date.UTC(2026, 10, 22, 16, 20, 11) / 1000, 0)).toEqual({
      local: "22/Nov/2026:16:20:11 +0000",
      iso8601: "2026-11-22T16:20:11+00:00",
      errorLog: "2026/11/22 16:20:11",
      syslog: "Nov 22 16:20:11",
    });
  });

  it("keeps zones west of Greenwich and half hours", () => {
    const second = Date.UTC(2026, 0, 1, 1, 0, 0) / 1000;
    expect(renderLogTime(second, -210).local).toBe("31/Dec/2025:21:30:00 -0330");
    expect(renderLogTime(second, 330).iso8601).toBe("2026-01-01T06:30:00+05:30");
  });
});

describe("currentLogTime()", () => {
  it("is the same object within a second", () => {
    const first = currentLogTime();
    const second = currentLogTime();
    expect(first === second || first.local !== second.local).toBe(true);
  });
});

describe("renderSeconds()", () => {
  it.each([
    [0, "0.000"],
    [1.9, "0.001"],
    [34, "0.034"],
    [999.999, "0.999"],
    [1000, "1.000"],
    [61_250, "61.250"],
    [-5, "0.000"],
  ])("prints %d ms as %s", (ms, text) => {
    expect(renderSeconds(ms)).toBe(text);
  });
});

import { describe, expect, test } from "vitest";
import { RespawnDelay } from "../../../src/process/respawn-delay.ts";

describe("RespawnDelay", () => {
  test("replaces a worker that lived at once", () => {
    const delay = new RespawnDelay();
    expect([delay.after(1000), delay.after(30_000), delay.after(1000)]).toEqual([0, 0, 0]);
  });

  test("doubles from 100 ms to 5 s while workers die within a second", () => {
    const delay = new RespawnDelay();
    expect(Array.from({ length: 9 }, () => delay.after(999))).toEqual([0, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  test("stays as it is for lives between a second and a minute, and forgets after a minute", () => {
    const delay = new RespawnDelay();
    for (let deaths = 0; deaths < 4; deaths++) delay.after(0);
    expect([delay.after(1000), delay.after(59_999), delay.after(60_000), delay.after(0), delay.after(0)]).toEqual([800, 800, 0, 0, 100]);
  });
});

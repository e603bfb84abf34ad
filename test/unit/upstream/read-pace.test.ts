import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ReadPace } from "../../../src/upstream/read-pace.ts";

describe("ReadPace", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("lets a second's worth through at once, and no more", () => {
    const pace = new ReadPace(1000, () => undefined);
    pace.note(999);
    expect(pace.isWaiting).toBe(false);
    pace.note(1);
    expect(pace.isWaiting).toBe(true);
  });

  it("waits until what was read is within the rate again", () => {
    let resumed = 0;
    const pace = new ReadPace(1000, () => resumed++);
    pace.note(3000);
    vi.advanceTimersByTime(1999);
    expect({ resumed, isWaiting: pace.isWaiting }).toEqual({ resumed: 0, isWaiting: true });
    vi.advanceTimersByTime(2);
    expect({ resumed, isWaiting: pace.isWaiting }).toEqual({ resumed: 1, isWaiting: false });
  });

  it("counts what comes while it waits", () => {
    let resumed = 0;
    const pace = new ReadPace(1000, () => resumed++);
    pace.note(2000);
    pace.note(2000);
    vi.advanceTimersByTime(1001);
    expect(resumed).toBe(1);
    pace.note(1);
    expect(pace.isWaiting).toBe(true);
  });

  it("reads all that comes as slowly as the rate allows", () => {
    const pace = new ReadPace(1000, () => undefined);
    const startedAtMs = performance.now();
    for (let read = 0; read < 10_000; read += 100) {
      while (pace.isWaiting) vi.advanceTimersByTime(1);
      pace.note(100);
    }
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(8_900);
    expect(performance.now() - startedAtMs).toBeLessThan(9_200);
  });

  it("is silent once stopped", () => {
    let resumed = 0;
    const pace = new ReadPace(1, () => resumed++);
    pace.note(100);
    pace.stop();
    vi.runAllTimers();
    expect({ resumed, isWaiting: pace.isWaiting }).toEqual({ resumed: 0, isWaiting: false });
  });

  it("waits longer than a timer of Node.js can", () => {
    let resumed = 0;
    const pace = new ReadPace(1, () => resumed++);
    pace.note(3_000_000);
    for (let second = 0; second < 2_999; second++) vi.advanceTimersByTime(1_000_000);
    expect(resumed).toBe(0);
    vi.advanceTimersByTime(1_000_000);
    expect(resumed).toBe(1);
  });
});

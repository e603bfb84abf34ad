import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Lingering } from "../../../../src/http/connection/lingering.ts";
import type { LocationSettings } from "../../../../src/http/core/location-settings.ts";
import { Deadlines } from "../../../../src/net/deadlines.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function linger(lingeringTimeMs: number, lingeringTimeoutMs: number): { lingering: Lingering; expired: () => number } {
  let count = 0;
  const deadline = new Deadlines().create(() => count++);
  // Lingering reads these two of all settings.
  const settings = { lingeringTimeMs, lingeringTimeoutMs } as LocationSettings;
  return { lingering: new Lingering(deadline, settings), expired: () => count };
}

it("waits lingering_timeout for the next bytes", () => {
  const { lingering, expired } = linger(1000, 100);
  vi.advanceTimersByTime(90);
  expect(lingering.goOn()).toBe(true);
  vi.advanceTimersByTime(90);
  expect(expired()).toBe(0);
  vi.advanceTimersByTime(20);
  expect(expired()).toBe(1);
});

it("ends after lingering_time however steadily bytes come", () => {
  const { lingering } = linger(250, 100);
  for (let at = 50; at < 250; at += 50) {
    vi.advanceTimersByTime(50);
    expect(lingering.goOn()).toBe(true);
  }
  vi.advanceTimersByTime(50);
  expect(lingering.goOn()).toBe(false);
});

it("never waits past lingering_time", () => {
  const { expired } = linger(50, 5000);
  vi.advanceTimersByTime(60);
  expect(expired()).toBe(1);
});

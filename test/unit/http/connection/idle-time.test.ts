import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ConnectionHost } from "../../../../src/http/connection/connection-host.ts";
import { IdleTime } from "../../../../src/http/connection/idle-time.ts";
import type { LocationSettings } from "../../../../src/http/core/location-settings.ts";
import type { Deadline } from "../../../../src/net/deadlines.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

function idle(keepaliveTimeoutMs: number, keepaliveMinTimeoutMs: number) {
  const host = { isDraining: false, idleGraceMs: 0 };
  const set = vi.fn<(ms: number) => void>();
  // Only what it asks of a deadline, a host and a location.
  const time = new IdleTime({ set } as unknown as Deadline, host as unknown as ConnectionHost);
  const settings = { keepaliveTimeoutMs, keepaliveMinTimeoutMs } as unknown as LocationSettings;
  return { host, set, time, settings };
}

describe("IdleTime", () => {
  it("lasts for keepalive_timeout, and may be cut at any moment", () => {
    const { time, set, settings } = idle(75_000, 0);
    expect(time.begin(settings)).toBe(true);
    expect(set).toHaveBeenLastCalledWith(75_000);
    expect(time.mayEnd).toBe(true);
    expect(time.drain()).toBe(false);
  });

  it("is not cut before keepalive_min_timeout is over", () => {
    const { time, set, settings } = idle(75_000, 10_000);
    time.begin(settings);
    expect(set).toHaveBeenLastCalledWith(75_000);
    vi.advanceTimersByTime(4000);
    expect(time.mayEnd).toBe(false);
    expect(time.drain()).toBe(true);
    expect(set).toHaveBeenLastCalledWith(6000);
    vi.advanceTimersByTime(6000);
    expect(time.mayEnd).toBe(true);
    expect(time.drain()).toBe(false);
  });

  it("is never longer than keepalive_timeout", () => {
    const { time, set, settings } = idle(5000, 10_000);
    time.begin(settings);
    time.drain();
    expect(set.mock.calls).toEqual([[5000], [5000]]);
  });

  it("has the longer of a reload's grace and keepalive_min_timeout", () => {
    const { time, host, set, settings } = idle(75_000, 1000);
    time.begin(settings);
    host.idleGraceMs = 3000;
    expect(time.drain()).toBe(true);
    expect(set).toHaveBeenLastCalledWith(3000);
  });

  it("that begins while the listener goes away lasts as long as it must", () => {
    const { time, host, set, settings } = idle(75_000, 1000);
    host.isDraining = true;
    expect(time.begin(settings)).toBe(true);
    expect(set.mock.calls).toEqual([[1000]]);
    expect(idle(75_000, 0).time.drain()).toBe(false);
  });
});

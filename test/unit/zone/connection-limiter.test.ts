import { describe, expect, it } from "vitest";
import type { ConnectionLimit } from "../../../src/zone/connection-limiter.ts";
import { LocalZones } from "../../../src/zone/local-zones.ts";

const limit = (name: string, max: number): ConnectionLimit => ({ zone: { use: "limit_conn", name, sizeBytes: 32_768, key: "$k" }, max });

describe("LocalConnectionLimiter", () => {
  it("lets as many in as the limit says, and another for each that has left", () => {
    const limiter = new LocalZones().connectionLimiter([limit("a", 2)]);
    const first = limiter.take(["k"]);
    expect([first.verdict, limiter.take(["k"]).verdict, limiter.take(["k"]).verdict]).toEqual(["passed", "passed", "rejected"]);
    first.hold?.release();
    expect([limiter.take(["k"]).verdict, limiter.take(["k"]).verdict]).toEqual(["passed", "rejected"]);
  });

  it("gives back what it took in the zones before the one that refuses", () => {
    const zones = new LocalZones();
    const both = zones.connectionLimiter([limit("a", 1), limit("b", 1)]);
    const second = zones.connectionLimiter([limit("b", 1)]);
    second.take(["k"]);
    expect(both.take(["k", "k"])).toEqual({ verdict: "rejected", limit: 1, hold: undefined });
    expect(both.take(["k", "other"]).verdict).toBe("passed");
  });

  it("refuses new keys when there is no more room, and none that are in", () => {
    const limiter = new LocalZones().connectionLimiter([limit("a", 5)]);
    const verdicts = Array.from({ length: 600 }, (_, index) => limiter.take([`key ${index}`]));
    const full = verdicts.filter(({ verdict }) => verdict === "full");
    // 64 octets an entry, of less than 32k.
    expect(600 - full.length).toBeGreaterThan(300);
    expect(600 - full.length).toBeLessThanOrEqual(512);
    expect(limiter.take(["key 0"]).verdict).toBe("passed");
    verdicts[1]?.hold?.release();
    expect(limiter.take(["a new one"]).verdict).toBe("passed");
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LocalZones } from "../../../src/zone/local-zones.ts";
import { DELAYS_NOTHING, type RequestLimit } from "../../../src/zone/request-limiter.ts";
import type { ZoneIdentity } from "../../../src/zone/zone-identity.ts";

const zone = (name: string, sizeBytes = 32_768): ZoneIdentity => ({ use: "limit_req", name, sizeBytes, key: "$k" });
const limit = (name: string, rate: number, burst: number, delay = 0, sizeBytes?: number): RequestLimit => ({
  zone: zone(name, sizeBytes),
  rate: rate * 1000,
  burst: burst * 1000,
  delay: delay === DELAYS_NOTHING ? delay : delay * 1000,
});

/** A limiter and a clock that the test moves. */
function makeLimiter(...limits: readonly RequestLimit[]) {
  const clock = { ms: 5000 };
  const zones = new LocalZones(() => clock.ms);
  const limiter = zones.requestLimiter(limits);
  return {
    clock,
    zones,
    limiter,
    verdicts: (times: number, ...keys: string[]) => Array.from({ length: times }, () => limiter.take(keys).verdict),
  };
}

describe("LocalRequestLimiter", () => {
  it("passes the first request, and rejects the second of the same moment", () => {
    const { verdicts } = makeLimiter(limit("a", 1, 0));
    expect(verdicts(3, "k")).toEqual(["passed", "rejected", "rejected"]);
    expect(verdicts(1, "other")).toEqual(["passed"]);
  });

  it("passes again when the bucket has run empty, and not a millisecond earlier", () => {
    const { clock, verdicts } = makeLimiter(limit("a", 2, 0));
    verdicts(1, "k");
    clock.ms += 499;
    expect(verdicts(1, "k")).toEqual(["rejected"]);
    clock.ms += 1;
    expect(verdicts(1, "k")).toEqual(["passed"]);
  });

  it("delays what is in the burst by its place in the queue", () => {
    const { limiter } = makeLimiter(limit("a", 10, 3));
    const outcomes = Array.from({ length: 5 }, () => limiter.take(["k"]));
    expect(outcomes.map(({ verdict, excess, delayMs }) => [verdict, excess, delayMs])).toEqual([
      ["passed", 0, 0],
      ["delayed", 1000, 100],
      ["delayed", 2000, 200],
      ["delayed", 3000, 300],
      ["rejected", 4000, 0],
    ]);
  });

  it("delays nothing with nodelay, and only what is past delay= with that", () => {
    expect(makeLimiter(limit("a", 10, 3, DELAYS_NOTHING)).verdicts(5, "k")).toEqual(["passed", "passed", "passed", "passed", "rejected"]);
    expect(makeLimiter(limit("a", 10, 3, 2)).verdicts(5, "k")).toEqual(["passed", "passed", "passed", "delayed", "rejected"]);
  });

  it("does not count an empty key, nor what another limit rejects", () => {
    const { limiter, verdicts } = makeLimiter(limit("a", 1, 1, DELAYS_NOTHING), limit("b", 1, 0));
    expect(verdicts(2, "", "")).toEqual(["unlimited", "unlimited"]);
    expect(verdicts(4, "x", "y")).toEqual(["passed", "rejected", "rejected", "rejected"]);
    // One request passed: the burst of the first zone has room for one more.
    expect(verdicts(2, "x", "")).toEqual(["passed", "rejected"]);
    expect(limiter.take(["x", ""]).limit).toBe(0);
  });

  it("gives up the longest unused key for a new one when there is no more room", () => {
    const { zones, verdicts } = makeLimiter(limit("a", 0.001, 0));
    const buckets = zones as unknown as { requests: Map<string, { size: number }> };
    for (let i = 0; i < 500; i++) {
      expect(verdicts(1, `key ${i}`)).toEqual(["passed"]);
      if (i > 0) expect(verdicts(1, "key 0")).toEqual(["rejected"]);
    }
    // 128 octets an entry, of less than 32k.
    const [size] = [...buckets.requests.values()].map((zone) => zone.size);
    expect(size).toBeLessThanOrEqual(256);
    expect(size).toBeGreaterThan(150);
    expect(verdicts(1, "key 499")).toEqual(["rejected"]);
    expect(verdicts(1, "key 1")).toEqual(["passed"]);
  });

  it("says so when even that makes no room", () => {
    const { verdicts } = makeLimiter(limit("a", 1, 0));
    for (let i = 0; i < 400; i++) verdicts(1, `${i}`);
    expect(verdicts(1, "x".repeat(60_000))).toEqual(["full"]);
  });

  it("passes within any time no more than the rate and the burst allow", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 10 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }),
        (rate, burst, pauses) => {
          const { clock, limiter } = makeLimiter(limit("a", rate, burst, DELAYS_NOTHING));
          const startMs = clock.ms;
          let passed = 0;
          for (const pause of pauses) {
            clock.ms += pause;
            if (limiter.take(["k"]).verdict === "passed") passed++;
            expect(passed).toBeLessThanOrEqual(1 + burst + (rate * (clock.ms - startMs)) / 1000);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("zones that are carried", () => {
  it("count on where they were, and forget what has run empty", () => {
    const { clock, zones, verdicts } = makeLimiter(limit("a", 1, 0), limit("b", 1, 5, DELAYS_NOTHING));
    verdicts(1, "old", "");
    clock.ms += 5000;
    verdicts(3, "", "busy");
    const carried = JSON.parse(JSON.stringify(zones.carry()));
    expect(carried.map(([, , , buckets]: [string, number, number, unknown[]]) => buckets)).toEqual([[["busy", 2000, 0]]]);

    const later = new LocalZones(() => 100);
    const limiter = later.requestLimiter([limit("b", 1, 5, DELAYS_NOTHING)]);
    limiter.take(["busy"]);
    later.merge(carried);
    // Three there and one here are four: two more of the burst of five are free, the first being none of it.
    expect(Array.from({ length: 5 }, () => limiter.take(["busy"]).verdict)).toEqual(["passed", "passed", "passed", "rejected", "rejected"]);
  });
});

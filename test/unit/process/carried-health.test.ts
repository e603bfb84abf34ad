import { describe, expect, test } from "vitest";
import { adoptHealth, type CarriedHealth, readHealth } from "../../../src/process/carried-health.ts";
import { createServices } from "../../../src/process/services.ts";
import { PeerHealth } from "../../../src/upstream/peer.ts";

const throughJson = (carried: CarriedHealth): CarriedHealth => JSON.parse(JSON.stringify(carried)) as CarriedHealth;

describe("the health of peers", () => {
  test("is the same in the next process, by its clock, before any group asks for it", () => {
    const former = createServices();
    const health = former.shared("upstream peer u 127.0.0.1:1 a", () => new PeerHealth());
    health.fails = 2;
    health.failedAtMs = performance.now() - 5000;
    health.connections = 3;
    const next = createServices();
    adoptHealth(throughJson(readHealth(former)), next);
    const adopted = next.shared("upstream peer u 127.0.0.1:1 a", () => new PeerHealth());
    expect(adopted.fails).toBe(2);
    expect(performance.now() - adopted.failedAtMs).toBeGreaterThanOrEqual(5000);
    expect(performance.now() - adopted.failedAtMs).toBeLessThan(6000);
    expect(adopted.checkedAtMs).toBe(Number.NEGATIVE_INFINITY);
    // The former process's attempts end there.
    expect(adopted.connections).toBe(0);
  });

  test("is that of the latest failure where several processes tell of a peer", () => {
    const tell = (fails: number, failedAgoMs: number): CarriedHealth => [["peer", { fails, failedAgoMs, checkedAgoMs: null }]];
    for (const carried of [
      [...tell(1, 10), ...tell(2, 9000)],
      [...tell(2, 9000), ...tell(1, 10)],
    ]) {
      const services = createServices();
      adoptHealth(carried, services);
      expect(services.shared("peer", () => new PeerHealth()).fails).toBe(1);
    }
  });

  test("is not told of by a worker whose master keeps it", () => {
    const services = createServices();
    const health = services.shared("upstream peer u 127.0.0.1:1 a", () => new PeerHealth());
    health.failedAtMs = 1;
    expect(readHealth(services)).toHaveLength(1);
    health.isCopy = true;
    expect(readHealth(services)).toEqual([]);
  });

  test("is not told of where there was no failure, nor is anything else that is shared", () => {
    const services = createServices();
    services.shared("well", () => new PeerHealth());
    services.shared("other", () => ({ fails: 1, failedAtMs: 1 }));
    expect(readHealth(services)).toEqual([]);
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeptSelection } from "../../../src/upstream/balancing/selection-state.ts";
import { DEFAULT_PEER_SETTINGS, Peer, type PeerSettings } from "../../../src/upstream/peer.ts";
import { inetAddress } from "../../../src/upstream/peer-address.ts";
import { createRoundRobin } from "../../../src/upstream/round-robin.ts";

const NAMES = "abcdefgh";

function peersOf(...settings: readonly Partial<PeerSettings>[]): Peer[] {
  return settings.map(
    (own, index) => new Peer(inetAddress("127.0.0.1", 1 + index), { ...DEFAULT_PEER_SETTINGS, server: NAMES[index] ?? "", ...own }),
  );
}

/** Round robin looks at no key. */
const fresh = (): KeptSelection => new KeptSelection("");

/** Which servers so many requests go to when all of them succeed. */
function sequence(peers: readonly Peer[], requests: number): string {
  const balancer = createRoundRobin(peers);
  let picked = "";
  for (let i = 0; i < requests; i++) {
    const peer = balancer.pick(fresh(), i);
    if (peer === undefined) break;
    balancer.release(peer, "ok", i);
    picked += peer.settings.server;
  }
  return picked;
}

describe("round robin", () => {
  it.each([
    { weights: [5, 1, 1], expected: "aabacaa" },
    { weights: [1, 1], expected: "abab" },
    { weights: [3, 2, 1], expected: "abacba" },
    { weights: [4, 2], expected: "abaaba" },
    { weights: [1, 1, 1], expected: "abcabc" },
  ])("spreads weights $weights as nginx does: $expected", ({ weights, expected }) => {
    expect(sequence(peersOf(...weights.map((weight) => ({ weight }))), expected.length)).toBe(expected);
  });

  it("gives every server its weight's share in each round, whatever the weights", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const picked = sequence(peersOf(...weights.map((weight) => ({ weight }))), total);
        for (const [index, weight] of weights.entries()) expect(picked.split(NAMES[index] ?? "").length - 1).toBe(weight);
      }),
      { numRuns: 100 },
    );
  });

  it("never picks a server that is down", () => {
    expect(sequence(peersOf({}, { isDown: true }, {}), 4)).toBe("acac");
  });

  it("leaves a failed server alone for its fail_timeout, then gives it one try", () => {
    const peers = peersOf({}, {});
    const balancer = createRoundRobin(peers);
    const [first] = peers;
    expect(balancer.pick(fresh(), 0)).toBe(first);
    expect(balancer.release(first as Peer, "failed", 0)).toBe(true);
    for (const now of [1, 5_000, 10_000]) {
      const peer = balancer.pick(fresh(), now) as Peer;
      expect(peer.settings.server).toBe("b");
      balancer.release(peer, "ok", now);
    }
    // Its weight has to grow back first, and until the try is over there is no second one.
    const later = Array.from({ length: 8 }, (_, index) => balancer.pick(fresh(), 10_001 + index)?.settings.server);
    expect(later.filter((server) => server === "a")).toHaveLength(1);
  });

  it("brings a server back when its try after the fail_timeout went well", () => {
    const peers = peersOf({}, {});
    const balancer = createRoundRobin(peers);
    const [first] = peers as [Peer, Peer];
    balancer.pick(fresh(), 0);
    balancer.release(first, "failed", 0);
    for (let now = 20_000; first.health.fails > 0 && now < 20_004; now++) {
      const peer = balancer.pick(fresh(), now) as Peer;
      balancer.release(peer, "ok", now);
    }
    expect(first.health.fails).toBe(0);
  });

  it("counts failures up to max_fails, and not at all with max_fails=0", () => {
    const peers = peersOf({ maxFails: 2 }, { maxFails: 0 });
    const balancer = createRoundRobin(peers);
    const [one, two] = peers as [Peer, Peer];
    one.health.connections = two.health.connections = 2;
    expect(balancer.release(one, "failed", 0)).toBe(false);
    expect(balancer.release(one, "failed", 0)).toBe(true);
    expect(balancer.release(two, "failed", 0)).toBe(false);
    expect(balancer.release(two, "failed", 0)).toBe(false);
    expect(balancer.pick(fresh(), 1)).toBe(two);
    expect(balancer.pick(fresh(), 2)).toBe(two);
  });

  it("lets a failed server's share grow back step by step", () => {
    const peers = peersOf({ weight: 4, maxFails: 2 }, { weight: 4 });
    const balancer = createRoundRobin(peers);
    const first = balancer.pick(fresh(), 0) as Peer;
    balancer.release(first, "failed", 0);
    expect(first.effectiveWeight).toBe(2);
    balancer.pick(fresh(), 1);
    expect(first.effectiveWeight).toBe(3);
    balancer.pick(fresh(), 2);
    expect(first.effectiveWeight).toBe(4);
  });

  it("tries every server once for a request, then the backups, then none", () => {
    const balancer = createRoundRobin(peersOf({}, {}, { isBackup: true }));
    const selection = fresh();
    const picked = [1, 2, 3, 4].map((now) => balancer.pick(selection, now)?.settings.server);
    expect(picked).toEqual(["a", "b", "c", undefined]);
    expect(balancer.tries).toBe(3);
  });

  it("uses backups only while no other server is live", () => {
    expect(sequence(peersOf({}, { isBackup: true }), 3)).toBe("aaa");
    expect(sequence(peersOf({ isDown: true }, { isBackup: true }), 2)).toBe("bb");
  });

  it("passes over a server that has max_conns connections", () => {
    const balancer = createRoundRobin(peersOf({ maxConns: 1 }, {}));
    expect([1, 2, 3].map((now) => balancer.pick(fresh(), now)?.settings.server)).toEqual(["a", "b", "b"]);
  });

  it("keeps a lone server in use whatever fails, unless it is down or full", () => {
    const [peer] = peersOf({ maxConns: 1 }) as [Peer];
    const balancer = createRoundRobin([peer]);
    for (let now = 0; now < 3; now++) {
      expect(balancer.pick(fresh(), now)).toBe(peer);
      expect(balancer.pick(fresh(), now)).toBeUndefined();
      expect(balancer.release(peer, "failed", now)).toBe(false);
    }
    expect(createRoundRobin(peersOf({ isDown: true })).pick(fresh(), 0)).toBeUndefined();
  });
});

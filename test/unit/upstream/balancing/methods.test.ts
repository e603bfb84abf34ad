import { describe, expect, it } from "vitest";
import type { Balancer } from "../../../../src/upstream/balancer.ts";
import { createConsistentHash } from "../../../../src/upstream/balancing/consistent-hash.ts";
import { createKeyHash } from "../../../../src/upstream/balancing/key-hash.ts";
import { createLeastConn } from "../../../../src/upstream/balancing/least-conn.ts";
import { createRandom } from "../../../../src/upstream/balancing/random.ts";
import { KeptSelection } from "../../../../src/upstream/balancing/selection-state.ts";
import { DEFAULT_PEER_SETTINGS, Peer, type PeerSettings } from "../../../../src/upstream/peer.ts";
import { inetAddress } from "../../../../src/upstream/peer-address.ts";

const NAMES = "abcdefgh";

function peersOf(...settings: readonly Partial<PeerSettings>[]): Peer[] {
  return settings.map(
    (own, index) => new Peer(inetAddress("127.0.0.1", 1 + index), { ...DEFAULT_PEER_SETTINGS, server: NAMES[index] ?? "", ...own }),
  );
}

const choosing = (key = ""): KeptSelection => new KeptSelection(key);
const pick = (balancer: Balancer, selection = choosing()): string => balancer.pick(selection, 0)?.settings.server ?? "none";

describe("least_conn", () => {
  it("chooses by connections for the weight, and in turn among equals", () => {
    const balancer = createLeastConn(peersOf({ weight: 2 }, {}, {}));
    expect([1, 2, 3, 4, 5, 6, 7, 8].map(() => pick(balancer)).join("")).toBe("abcacaba");
  });

  it("goes to backups when no other is left, and to nobody when they are tried, too", () => {
    const balancer = createLeastConn(peersOf({ isDown: true }, {}, { isBackup: true }, { isBackup: true }));
    const selection = choosing();
    expect([1, 2, 3, 4].map(() => pick(balancer, selection))).toEqual(["b", "c", "d", "none"]);
  });

  it("leaves out a server that has max_conns connections", () => {
    const balancer = createLeastConn(peersOf({ maxConns: 1, weight: 100 }, {}));
    expect([1, 2, 3].map(() => pick(balancer)).join("")).toBe("abb");
  });
});

describe("random", () => {
  const chances = (...values: readonly number[]) => {
    const left = [...values];
    return () => left.shift() ?? 0;
  };

  it("chooses in proportion to the weights", () => {
    const peers = peersOf({ weight: 2 }, {}, { weight: 1 });
    const at = (chance: number) => pick(createRandom(peers, "one", () => chance));
    expect([0, 0.49, 0.5, 0.74, 0.75, 0.999].map(at).join("")).toBe("aabbcc");
  });

  it("looks elsewhere when what it found cannot be used, and lets round robin choose after 21 misses", () => {
    expect(pick(createRandom(peersOf({ isDown: true }, {}), "one", chances(0, 0, 0.5)))).toBe("b");
    expect(pick(createRandom(peersOf({ isDown: true }, {}), "one", () => 0))).toBe("b");
  });

  it("takes the less busy of two", () => {
    const peers = peersOf({}, {}, {});
    const [a] = peers;
    if (a !== undefined) a.health.connections = 1;
    expect(pick(createRandom(peers, "two", chances(0, 0.4)))).toBe("b");
    expect(pick(createRandom(peers, "two", chances(0.4, 0)))).toBe("a");
    expect(pick(createRandom(peersOf({}, { isDown: true }), "two", () => 0))).toBe("a");
  });
});

describe("hash", () => {
  it.each([createKeyHash, createConsistentHash])("tries every live server once before it gives up", (create) => {
    const balancer = create(peersOf({}, {}, { isDown: true }, {}));
    const selection = choosing("some key");
    const picked = [1, 2, 3, 4].map(() => pick(balancer, selection));
    expect(picked.slice(0, 3).sort()).toEqual(["a", "b", "d"]);
    expect(picked[3]).toBe("none");
  });

  it.each([createKeyHash, createConsistentHash])("lets round robin choose without a key", (create) => {
    const balancer = create(peersOf({}, {}));
    expect([1, 2, 3, 4].map(() => pick(balancer)).join("")).toBe("abab");
  });

  it("moves few keys when a server goes, if it is consistent", () => {
    const keys = Array.from({ length: 500 }, (_, index) => `key ${index}`);
    const before = createConsistentHash(peersOf({}, {}, {}, {}));
    const after = createConsistentHash(peersOf({}, {}, {}));
    const moved = keys.filter((key) => {
      const was = pick(before, choosing(key));
      return was !== "d" && was !== pick(after, choosing(key));
    });
    expect(moved).toEqual([]);
  });
});

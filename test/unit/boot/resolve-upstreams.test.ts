import { describe, expect, it, vi } from "vitest";
import type { LoadedConfig } from "../../../src/boot/load-config.ts";
import { adoptHosts, resolveUpstreams } from "../../../src/boot/resolve-upstreams.ts";
import { createSource } from "../../../src/config/source.ts";
import { ConnectionBudget } from "../../../src/net/connection-budget.ts";
import { DEFAULT_KEEPALIVE } from "../../../src/upstream/connection-pool.ts";
import { DEFAULT_PEER_SETTINGS } from "../../../src/upstream/peer.ts";
import { UpstreamGroup } from "../../../src/upstream/upstream-group.ts";

const services = {
  shared: <T>(_key: string, create: () => T): T => create(),
  onExit: () => undefined,
  connections: new ConnectionBudget(1),
};
const span = { source: createSource("/t.conf", "upstream"), start: 0, end: 8 };

function groupOf(...hosts: readonly string[]): UpstreamGroup {
  const servers = hosts.map((host) => ({
    ...DEFAULT_PEER_SETTINGS,
    server: `${host}:8000`,
    address: { kind: "inet", host, port: 8000 } as const,
    span,
  }));
  return new UpstreamGroup("app", servers, DEFAULT_KEEPALIVE, services, span);
}

/** As far as it is looked at. */
const loadedWith = (...upstreams: readonly UpstreamGroup[]) => ({ snapshot: { upstreams }, diagnostics: [] }) as unknown as LoadedConfig;

const peersOf = (group: UpstreamGroup) => group.balancer?.peers.map((peer) => peer.address.text);

describe("resolveUpstreams()", () => {
  it("looks nothing up where every address is written down", async () => {
    const lookup = vi.fn(async () => []);
    const resolved = await resolveUpstreams(loadedWith(groupOf("127.0.0.1")), lookup);
    expect(resolved.hosts).toEqual([]);
    expect(lookup).not.toHaveBeenCalled();
  });

  it("gives every group the addresses of its names, each looked up once", async () => {
    const lookup = vi.fn(async (host: string) => (host === "one" ? ["10.0.0.1", "10.0.0.2"] : ["10.0.0.3"]));
    const groups = [groupOf("one", "10.9.9.9"), groupOf("two", "one")];
    const resolved = await resolveUpstreams(loadedWith(...groups), lookup);
    expect(groups.map(peersOf)).toEqual([
      ["10.0.0.1:8000", "10.0.0.2:8000", "10.9.9.9:8000"],
      ["10.0.0.3:8000", "10.0.0.1:8000", "10.0.0.2:8000"],
    ]);
    expect(lookup).toHaveBeenCalledTimes(2);
    expect(resolved.diagnostics).toEqual([]);
  });

  it("warns of a name without an address where it is written, and goes on with the others", async () => {
    const group = groupOf("one", "two");
    const resolved = await resolveUpstreams(loadedWith(group), async (host) => (host === "one" ? ["10.0.0.1"] : []));
    expect(peersOf(group)).toEqual(["10.0.0.1:8000"]);
    expect(resolved.diagnostics).toEqual([
      expect.objectContaining({ level: "warn", code: "host-not-found", message: 'host not found in upstream "two:8000"', span }),
    ]);
  });

  it("waits two seconds for all names together, and no longer", async () => {
    vi.useFakeTimers();
    try {
      const [quick, slow] = [groupOf("quick"), groupOf("slow", "slower")];
      const lookup = (host: string) => (host === "quick" ? Promise.resolve(["10.0.0.1"]) : new Promise<string[]>(() => undefined));
      const resolving = resolveUpstreams(loadedWith(quick, slow), lookup);
      await vi.advanceTimersByTimeAsync(2000);
      expect((await resolving).diagnostics.map(({ message }) => message)).toEqual([
        'host not found in upstream "slow:8000"',
        'host not found in upstream "slower:8000"',
      ]);
      expect(peersOf(quick)).toEqual(["10.0.0.1:8000"]);
      expect(slow.balancer).toBeUndefined();
      expect(await slow.prepare()).toBe("slow could not be resolved (3: Host not found)");
    } finally {
      vi.useRealTimers();
    }
  });

  it("tells another process all that it has to know", async () => {
    const { hosts } = await resolveUpstreams(loadedWith(groupOf("one", "two")), async (host) => (host === "one" ? ["10.0.0.1"] : []));
    const group = groupOf("one", "two");
    adoptHosts([group], JSON.parse(JSON.stringify(hosts)) as typeof hosts);
    expect(peersOf(group)).toEqual(["10.0.0.1:8000"]);
  });
});

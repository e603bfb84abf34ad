import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NameResolver } from "../../../../src/upstream/resolver/name-resolver.ts";
import { type DnsServer, startDnsServer } from "../../../harness/dns-server.ts";

const TIMEOUT_MS = 3000;

describe("NameResolver", () => {
  let dns: DnsServer;
  const resolverOf = (setting: { validMs?: number; ipv6?: boolean } = {}) =>
    new NameResolver({ servers: [{ host: "127.0.0.1", port: dns.port }], validMs: undefined, ipv4: true, ipv6: false, ...setting });
  beforeEach(async () => {
    dns = await startDnsServer({ "app.test": ["10.0.0.1", "10.0.0.2"] });
  });
  afterEach(() => dns.stop());

  it("gives all addresses, and asks no more while they are valid", async () => {
    const resolver = resolverOf();
    const found = await resolver.resolve("App.test", TIMEOUT_MS);
    expect([...found.addresses].sort()).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(found.failure).toBe("");
    expect(found.validUntilMs - performance.now()).toBeGreaterThan(50_000);
    await resolver.resolve("app.test", TIMEOUT_MS);
    expect(dns.asked).toEqual(["app.test 1"]);
  });

  it("asks once for those who ask at the same time", async () => {
    const resolver = resolverOf();
    await Promise.all([1, 2, 3].map(() => resolver.resolve("app.test", TIMEOUT_MS)));
    expect(dns.asked).toEqual(["app.test 1"]);
  });

  it("asks again after the answer's time to live, or valid= where that is given", async () => {
    dns.ttl = 0;
    const resolver = resolverOf();
    await resolver.resolve("app.test", TIMEOUT_MS);
    dns.names.set("app.test", ["10.0.0.9"]);
    expect((await resolver.resolve("app.test", TIMEOUT_MS)).addresses).toEqual(["10.0.0.9"]);
    const patient = resolverOf({ validMs: 60_000 });
    await patient.resolve("app.test", TIMEOUT_MS);
    dns.names.set("app.test", ["10.0.0.1"]);
    expect((await patient.resolve("app.test", TIMEOUT_MS)).addresses).toEqual(["10.0.0.9"]);
  });

  it("asks for IPv6 addresses unless that is off", async () => {
    expect((await resolverOf({ ipv6: true }).resolve("app.test", TIMEOUT_MS)).addresses).toHaveLength(2);
    expect([...dns.asked].sort()).toEqual(["app.test 1", "app.test 28"]);
  });

  it("says why there is no address, and remembers no failure", async () => {
    const resolver = resolverOf({ ipv6: true });
    expect((await resolver.resolve("other.test", TIMEOUT_MS)).failure).toBe("3: Host not found");
    dns.names.set("other.test", ["10.0.0.3"]);
    expect((await resolver.resolve("other.test", TIMEOUT_MS)).addresses).toEqual(["10.0.0.3"]);
    dns.code = 5;
    expect((await resolver.resolve("third.test", TIMEOUT_MS)).failure).toBe("5: Operation refused");
  });

  it("waits no longer than it is told for a silent name server", async () => {
    dns.code = undefined;
    const resolver = resolverOf();
    expect((await resolver.resolve("app.test", 50)).failure).toBe("110: Operation timed out");
    resolver.close();
  });
});

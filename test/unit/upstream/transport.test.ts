import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConnectionBudget } from "../../../src/net/connection-budget.ts";
import { ConnectionPool, DEFAULT_KEEPALIVE } from "../../../src/upstream/connection-pool.ts";
import { PLAIN_TRANSPORT, poolKey, type Transport } from "../../../src/upstream/transport.ts";
import type { UpstreamConnection } from "../../../src/upstream/upstream-connection.ts";

const over = (key: string): Transport => ({ ...PLAIN_TRANSPORT, key });

describe("poolKey()", () => {
  it("is the address alone in the clear", () => expect(poolKey("127.0.0.1:80", PLAIN_TRANSPORT)).toBe("127.0.0.1:80"));

  it("differs for other transports, whatever their keys hold", () => {
    const key = fc.string({ maxLength: 8 });
    fc.assert(fc.property(key, key, (a, b) => (poolKey("x:1", over(a)) === poolKey("x:1", over(b))) === (a === b)));
  });
});

describe("ConnectionPool", () => {
  const connection = (transport: Transport): UpstreamConnection => {
    const deadline = { set: () => undefined, clear: () => undefined, remove: () => undefined };
    const facts = { poolKey: poolKey("127.0.0.1:443", transport), deadline, requests: 1, openedAtMs: performance.now() };
    return { ...facts, close: () => undefined } as unknown as UpstreamConnection; // what the pool uses of one
  };

  it("gives no connection to a request of another transport", () => {
    const pool = new ConnectionPool(new ConnectionBudget(10));
    const kept = connection(over("one"));
    pool.put(kept, DEFAULT_KEEPALIVE);
    expect(pool.take(poolKey("127.0.0.1:443", over("other")))).toBeUndefined();
    expect(pool.take(poolKey("127.0.0.1:443", PLAIN_TRANSPORT))).toBeUndefined();
    expect(pool.take(poolKey("127.0.0.1:443", over("one")))).toBe(kept);
  });
});

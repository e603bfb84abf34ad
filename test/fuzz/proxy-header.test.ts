/** Hostile PROXY protocol headers at a running server: only a header in order lets a request through, and the server stays well. */

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeProxyHeader, parseProxyHeader } from "../../src/net/proxy-protocol.ts";
import { exchange, splitAt } from "../harness/raw-client.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
const conf = `http { server { listen 127.0.0.1:%%PORT%% proxy_protocol; return 200 "[$proxy_protocol_addr]"; } }`;

let server: RunningServer;

beforeAll(async () => {
  server = await startForegate({ conf });
});
afterAll(() => server.stop());

/** Good headers, most of them spoiled in one place. */
const headers = fc
  .record({
    version: fc.constantFrom(1 as const, 2 as const),
    address: fc.oneof(fc.ipV4(), fc.ipV6()),
    at: fc.nat(60),
    removed: fc.nat(2),
    added: fc.oneof(fc.constant(""), fc.constantFrom("\r", "\n", "\0", " ", "P", "\r\n", "\xff", "9", ":")),
  })
  .map(({ version, address, at, removed, added }) => {
    const end = { address, port: 1234 };
    const header = encodeProxyHeader(version, end, end).toString("latin1");
    return header.slice(0, at) + added + header.slice(at + removed);
  });

/** What becomes of bytes by the codec: a request behind a whole header is answered, if only with 400. */
function expected(bytes: string): "answered" | "silence" {
  const outcome = parseProxyHeader(Buffer.from(bytes, "latin1"));
  return outcome === "incomplete" || outcome.kind === "refused" ? "silence" : "answered";
}

test("a request is answered behind a header in order and nowhere else", async () => {
  const cases = fc.sample(fc.tuple(headers, fc.array(fc.nat(80), { maxLength: 3 })), 300);
  const check = async ([header, cuts]: (typeof cases)[number]): Promise<void> => {
    const bytes = header + REQUEST;
    const offsets = [...cuts].sort((one, other) => one - other);
    const { raw } = await exchange({ port: server.port() }, splitAt(bytes, offsets), { halfClose: true });
    expect(raw === "" ? "silence" : "answered", JSON.stringify({ bytes, offsets })).toBe(expected(bytes));
  };
  for (let at = 0; at < cases.length; at += 20) await Promise.all(cases.slice(at, at + 20).map(check));
  const { answers } = await server.exchange(`PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n${REQUEST}`);
  expect(answers[0]?.body).toBe("[1.2.3.4]");
});

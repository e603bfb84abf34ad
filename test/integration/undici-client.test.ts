/** An independent HTTP/1.1 client, undici, in front of static files and an origin: keep-alive, pipelining, streams, aborts. */

import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { Pool } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Origin, startOrigin } from "../harness/origin.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";

const CONTENT = Buffer.alloc(3_000_000, "0123456789abcdef");
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("undici as the client", () => {
  let server: RunningServer;
  let origin: Origin;
  let pool: Pool;

  beforeAll(async () => {
    origin = await startOrigin(({ body }) => `HTTP/1.1 200 OK\r\nContent-Length: ${String(body.length).length}\r\n\r\n${body.length}`);
    server = await startForegate({
      conf: `http { client_max_body_size 8m; server { listen 127.0.0.1:%%PORT%%;
        location / { root %%DIR%%; }
        location /length { proxy_pass http://127.0.0.1:%%ORIGIN%%; } } }`,
      values: { ORIGIN: origin.port },
      files: { "big.bin": CONTENT.toString("latin1"), "small.txt": "small\n" },
    });
    pool = new Pool(`http://127.0.0.1:${server.port()}`, { connections: 4, pipelining: 8 });
  });
  afterAll(async () => {
    await pool.close();
    await origin.stop();
  });

  it("gets two hundred pipelined answers in order", async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const { statusCode, body } = await pool.request({ method: "GET", path: index % 2 === 0 ? "/small.txt" : `/none-${index}` });
        return { statusCode, text: await body.text() };
      }),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 200).every(({ text }) => text === "small\n")).toBe(true);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 200 : 404)));
  });

  it("gets a big file whole, again and again on the same connections", async () => {
    for (let round = 0; round < 8; round++) {
      const { body } = await pool.request({ method: "GET", path: "/big.bin" });
      expect(sha256(await body.bytes())).toBe(sha256(CONTENT));
    }
  });

  it("sends content of a known length, and in chunks", async () => {
    const known = await pool.request({ method: "POST", path: "/length", body: CONTENT });
    expect(await known.body.text()).toBe(String(CONTENT.length));
    const pieces = async function* () {
      for (let at = 0; at < CONTENT.length; at += 300_000) yield CONTENT.subarray(at, at + 300_000);
    };
    const chunked = await pool.request({ method: "POST", path: "/length", body: Readable.from(pieces()) });
    expect(await chunked.body.text()).toBe(String(CONTENT.length));
  });

  it("goes on after answers that the client gave up", async () => {
    for (let round = 0; round < 10; round++) {
      const abort = new AbortController();
      const { body } = await pool.request({ method: "GET", path: "/big.bin", signal: abort.signal });
      abort.abort();
      await expect(body.text()).rejects.toThrow();
    }
    const { statusCode } = await pool.request({ method: "GET", path: "/small.txt" });
    expect(statusCode).toBe(200);
  });
});

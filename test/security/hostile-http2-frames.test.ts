/** Frames made at random, and sound ones that were damaged: the server may refuse them all, but it serves the next client. */

import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCertificates } from "../harness/certificates.ts";
import {
  FrameClient,
  fieldBlock,
  frame,
  get,
  headers,
  openFrameClient,
  PREFACE,
  post,
  reset,
  settings,
  windowUpdate,
} from "../harness/http2-frames.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";

const conf = (certificate: string, key: string): string => `
http {
  http2 on;
  client_header_timeout 2s;
  client_body_timeout 1s;
  send_timeout 1s;
  server {
    listen 127.0.0.1:%%PORT%%;
    listen 127.0.0.1:%%PORT_TLS%% ssl;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    root %%DIR%%/www;
    location /text { return 200 "text"; }
    location /refused { proxy_pass http://127.0.0.1:9; }
  }
}`;

let server: RunningServer;
const dir = createPrefix();

beforeAll(async () => {
  const { server: pair } = createCertificates(join(dir, "certificates"));
  server = await startForegate({ conf: conf(pair.certificate, pair.key), files: { "www/large": "x".repeat(1_000_000) } });
});
afterAll(() => removePrefix(dir));

async function expectService(): Promise<void> {
  const client = openFrameClient(server.port());
  client.send(headers(1, get("/text")));
  await client.answered(1);
  client.destroy();
}

const streamId = fc.constantFrom(0, 1, 1, 3, 5, 2, 7, 0x7fffffff);
const block = fc.constantFrom(
  fieldBlock(get("/text")),
  fieldBlock(get("/large")),
  fieldBlock(post("/refused")),
  fieldBlock(post("/refused", ["content-length", "3"])),
  fieldBlock([["x-only", "1"]]),
  Buffer.from([0x82, 0x84, 0x86, 0x41, 0x01, 0x61]),
);
const randomFrame = fc
  .tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 255 }), streamId, fc.uint8Array({ maxLength: 40 }))
  .map(([type, flags, id, payload]) => frame(type, flags, id, Buffer.from(payload)));
const soundFrame = fc.oneof(
  fc.tuple(streamId, block, fc.constantFrom(0, 1, 4, 5, 5, 5)).map(([id, fields, flags]) => frame(1, flags, id, fields)),
  fc.tuple(streamId, fc.string({ maxLength: 20 }), fc.constantFrom(0, 1)).map(([id, text, flags]) => frame(0, flags, id, text)),
  fc.tuple(streamId, fc.integer({ min: 0, max: 15 })).map(([id, code]) => reset(id, code)),
  fc.tuple(streamId, fc.constantFrom(0, 1, 65_535, 0x7fffffff)).map(([id, increment]) => windowUpdate(id, increment)),
  fc.tuple(fc.integer({ min: 0, max: 8 }), fc.constantFrom(0, 1, 100, 65_535, 0xffffffff)).map(([id, value]) => settings([id, value])),
  fc.tuple(streamId, block).map(([id, fields]) => frame(9, 4, id, fields)),
  fc.constant(frame(6, 0, 0, "12345678")),
  fc.constant(frame(7, 0, 0, "\0\0\0\0\0\0\0\0")),
);
const frames = fc.array(fc.oneof({ weight: 3, arbitrary: soundFrame }, { weight: 1, arbitrary: randomFrame }), {
  minLength: 1,
  maxLength: 20,
});

test("frames in any order, sound or not, hurt nobody else", async () => {
  await fc.assert(
    fc.asyncProperty(frames, fc.boolean(), async (sent, leavesAtOnce) => {
      const client = openFrameClient(server.port());
      for (const each of sent) client.send(each);
      if (!leavesAtOnce) await new Promise((resolve) => setTimeout(resolve, 5));
      client.destroy();
      await client.closed;
    }),
    { numRuns: 150 },
  );
  await expectService();
});

test("a damaged byte anywhere hurts nobody else", async () => {
  const whole = Buffer.concat([
    PREFACE,
    settings([4, 100]),
    headers(1, get("/large")),
    headers(3, post("/refused", ["content-length", "3"]), 0),
    frame(0, 1, 3, "abc"),
    windowUpdate(0, 1000),
    headers(5, get("/text")),
  ]);
  for (let at = PREFACE.length; at < whole.length; at += 2) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    const client = new FrameClient(server.port());
    client.send(damaged);
    await new Promise((resolve) => setTimeout(resolve, 2));
    client.destroy();
  }
  await expectService();
});

test("over TLS, too, a broken head from a client that is gone ends its connection and nothing else (CVE-2025-59465)", async () => {
  for (let i = 0; i < 15; i++) {
    const bare = connect(server.port("TLS"), "127.0.0.1");
    bare.on("error", () => {});
    const socket = connectTls({ socket: bare, rejectUnauthorized: false, ALPNProtocols: ["h2"] });
    socket.on("error", () => {});
    await once(socket, "secureConnect");
    expect(socket.alpnProtocol).toBe("h2");
    socket.write(Buffer.concat([PREFACE, settings(), frame(1, 5, 1, Buffer.alloc(16_000, 0xff))]));
    if (i % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    if (i % 2 === 0) bare.resetAndDestroy();
    else socket.destroy();
  }
  await expectService();
});

/** Bodies in chunks of one byte cost their sender more than us: what would be a write each is moved together. */

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ChunkedDecoder } from "../../src/http/message/chunked.ts";
import { get, request } from "../differential/requests.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { openClient } from "../integration/client-socket.ts";
import { type ScriptedServer, startScriptedServer } from "../integration/scripted-server.ts";

const CHUNKS = 500_000;
const BODY = `${"1\r\na\r\n".repeat(CHUNKS)}0\r\n\r\n`;
/** Each chunk written by itself kept others waiting for more than two seconds. */
const WAIT_MS_MAX = 700;

const conf = `
http {
  client_max_body_size 1m;
  server {
    listen 127.0.0.1:%%PORT%%;
    location /streamed { proxy_request_buffering off; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /buffered { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /answered { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /unwanted { return 200 "unwanted"; }
    location /text { return 200 "text"; }
  }
}`;

let origin: ScriptedServer;
let server: RunningServer;

beforeAll(async () => {
  origin = await startScriptedServer((socket, text) => {
    if (text.startsWith("GET /answered")) socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${BODY}`);
    else if (/(?:^|\r\n)0\r\n\r\n$|a$/.test(text)) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
  });
  server = await startForegate({ conf, values: { ORIGIN: origin.port } });
});
afterAll(() => origin.stop());

test.each(["/streamed", "/buffered", "/answered", "/unwanted"])(
  "others are answered while a body comes in chunks of a byte: %s",
  async (target) => {
    const upload = target === "/answered" ? get(target) : request("POST", target, "Transfer-Encoding: chunked") + BODY;
    const client = await openClient(server.port(), upload);
    let isOver = false;
    const end = client.arrival(target === "/answered" ? /0\r\n\r\n$/ : /done|unwanted/).then(() => {
      isOver = true;
    });
    let longestMs = 0;
    while (!isOver) {
      const since = performance.now();
      await server.exchange(get("/text"));
      longestMs = Math.max(longestMs, performance.now() - since);
    }
    await end;
    expect(longestMs).toBeLessThan(WAIT_MS_MAX);
    client.socket.destroy();
  },
  30_000,
);

describe("ChunkedDecoder", () => {
  test("hands on the small chunks of a buffer as one piece", () => {
    const pieces: string[] = [];
    const buffer = Buffer.from("1\r\na\r\n2\r\nbc\r\n3;x\r\ndef\r\n0\r\n\r\nrest");
    const decoder = new ChunkedDecoder();
    expect(decoder.feed(buffer, 0, buffer.length, (piece) => pieces.push(piece.toString()))).toBe("done");
    expect(pieces).toEqual(["abcdef"]);
    expect(buffer.toString("latin1", decoder.consumed)).toBe("rest");
  });

  test("hands on what came before a broken chunk", () => {
    const pieces: string[] = [];
    const buffer = Buffer.from("1\r\na\r\n1\r\nb\r\nz");
    expect(new ChunkedDecoder().feed(buffer, 0, buffer.length, (piece) => pieces.push(piece.toString()))).toBe("invalid");
    expect(pieces).toEqual(["ab"]);
  });

  test("gives the same body however chunks and buffers are cut", () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5000 })), { minLength: 1, maxLength: 20 });
    const cuts = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sizes, cuts, (chunkSizes, feedSizes) => {
        const texts = chunkSizes.map((size, index) => String.fromCharCode(97 + (index % 26)).repeat(size));
        const wire = Buffer.from(`${texts.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join("")}0\r\n\r\nnext`);
        const decoder = new ChunkedDecoder();
        let body = "";
        let at = 0;
        for (let index = 0; decoder.state() === "more"; index++) {
          const to = Math.min(wire.length, at + (feedSizes[index % feedSizes.length] ?? 1));
          decoder.feed(wire, at, to, (piece) => {
            body += piece.toString();
          });
          at += decoder.consumed;
        }
        expect(body).toBe(texts.join(""));
        expect(wire.toString("latin1", at)).toBe("next");
      }),
      { numRuns: 200 },
    );
  });
});

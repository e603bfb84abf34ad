/** Server-sent events pass every filter of bodies one by one, when they come: not held back, not compressed. */

import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { startOrigin } from "../harness/origin.ts";
import { startForegate } from "../harness/start-foregate.ts";

const PAUSE_MS = 150;

const FILTERS = `
  gzip on; gzip_types *; gzip_min_length 0; brotli on; brotli_types *; brotli_min_length 0; gunzip on;
  sub_filter_types *; sub_filter_once off; sub_filter secret public; sub_filter "\n\nevent: next" "\n\nevent: following";
  charset_types *; charset utf-8; source_charset latin1; add_trailer X-End done;`;

const MAPS = "charset_map latin1 utf-8 { E9 C3A9; }";

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

function confFor(port: number): string {
  return `http { ${MAPS} server { listen 127.0.0.1:%%PORT%%; location / { ${FILTERS} proxy_http_version 1.1; proxy_pass http://127.0.0.1:${port}; } } }`;
}

/** Events as a client reads them, with the time at which each came. */
async function readEvents(
  port: number,
  count: number,
): Promise<{ readonly text: string; readonly atMs: number; readonly fields: Headers }[]> {
  const abort = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { "Accept-Encoding": "gzip, br" }, signal: abort.signal });
  const events: { text: string; atMs: number; fields: Headers }[] = [];
  if (response.body === null) throw new Error("No body");
  for await (const piece of response.body) {
    events.push({ text: Buffer.from(piece).toString("utf8"), atMs: performance.now(), fields: response.headers });
    if (events.length === count) break;
  }
  abort.abort();
  return events;
}

test("events come one by one through gzip, brotli, gunzip, sub_filter and charset", async () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  const events = ["data: secret 1\n\n", "event: next\ndata: caf\xe9\n\n", "data: 3\n\n"];
  // After the last one the origin says nothing more and never ends.
  const parts = [head, ...events.flatMap((event) => [chunk(event), PAUSE_MS])];
  await using origin = await startOrigin(() => ({ parts }));
  await using server = await startForegate({ conf: confFor(origin.port) });
  const seen = await readEvents(server.port(), events.length);
  expect(seen.map(({ text }) => text)).toEqual(["data: public 1\n\n", "event: next\ndata: caf\xe9\n\n", "data: 3\n\n"]);
  expect(seen[0]?.fields.get("content-encoding")).toBeNull();
  expect(seen[0]?.fields.get("content-type")).toBe("text/event-stream; charset=utf-8");
  for (const [index, event] of seen.entries()) {
    const before = seen[index - 1];
    if (before !== undefined) expect(event.atMs - before.atMs).toBeGreaterThan(PAUSE_MS / 3);
  }
});

test.each([
  ["br", brotliDecompressSync],
  ["gzip", gunzipSync],
] as const)("other bodies go through all of them, across the borders of pieces, to %s", async (coding, decompress) => {
  const pieces = ["a sec", "ret ca", "f\xe9 ", "x".repeat(200_000), " secre", "t."];
  const head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n";
  await using origin = await startOrigin(() => ({ parts: [head, ...pieces.flatMap((piece) => [chunk(piece), 5]), "0\r\n\r\n"] }));
  await using server = await startForegate({ conf: confFor(origin.port) });
  const { raw, answers } = await server.exchange(get("/", `Accept-Encoding: ${coding}`));
  const fields = answers[0]?.fields.map(([name, value]) => `${name}: ${value}`);
  expect(fields).toContain(`Content-Encoding: ${coding}`);
  const body = decompress(Buffer.from(answers[0]?.body ?? "", "latin1")).toString("utf8");
  expect(body).toBe(`a public caf\xe9 ${"x".repeat(200_000)} public.`);
  expect(raw.endsWith("0\r\nX-End: done\r\n\r\n")).toBe(true);
});

test("what is compressed so far can be read while the upstream pauses", async () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n";
  await using origin = await startOrigin(() => ({ parts: [head, chunk("first"), 60_000] }));
  await using server = await startForegate({ conf: confFor(origin.port) });
  const [first] = await readEvents(server.port(), 1);
  expect(first?.text).toBe("first");
});

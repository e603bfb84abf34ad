/** Time of the small per-request readers. Bundle with esbuild, run with node. */

import { ChunkedDecoder } from "../../../src/http/message/chunked.ts";
import { formatHttpDate } from "../../../src/http/message/http-date.ts";
import { normalizeTarget } from "../../../src/http/message/request-target.ts";
import { parseResponseHead } from "../../../src/http/message/response-head.ts";

const ROUNDS = 500_000;

function measure(name: string, work: () => unknown): void {
  for (let pass = 0; pass < 3; pass++) {
    const started = process.cpuUsage();
    for (let round = 0; round < ROUNDS; round++) work();
    const used = process.cpuUsage(started);
    if (pass === 2) console.log(`${name}: ${(((used.user + used.system) * 1000) / ROUNDS).toFixed(0)} ns`);
  }
}

const answer = Buffer.from(
  "HTTP/1.1 200 OK\r\nServer: app\r\nDate: Sun, 22 Nov 2026 14:20:47 GMT\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 1024\r\n" +
    "Set-Cookie: session=0123456789abcdef; Path=/; HttpOnly\r\nVary: Cookie\r\n\r\n",
);
const chunks = Buffer.from(`400\r\n${"x".repeat(1024)}\r\n0\r\n\r\n`);
const drop = (): void => undefined;

measure("a clean target", () => normalizeTarget("/path/to/page.html?x=1&y=2", "merge"));
measure("an escaped target", () => normalizeTarget("/path/./to//caf%C3%A9/../page?x=1", "merge"));
measure("an answer of six fields", () => parseResponseHead(answer.toString("latin1"), 0, "cgi", 4096));
measure("a chunked body of 1 KB", () => new ChunkedDecoder().feed(chunks, 0, chunks.length, drop));
measure("a date of this second", () => formatHttpDate(1_795_357_247));

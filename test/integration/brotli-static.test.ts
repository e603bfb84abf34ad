/** Files that lie compressed with Brotli beside the plain ones: brotli_static, as ngx_brotli has it, alone and with gzip_static. */

import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fieldOf } from "../harness/answers.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";

const conf = `
http {
  types { text/plain txt; }
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    brotli_static on;
    location /vary/ { alias %%DIR%%/www/; gzip_vary on; }
    location /always/ { alias %%DIR%%/www/; brotli_static always; }
    location /off/ { alias %%DIR%%/www/; brotli_static off; }
    location /both/ { alias %%DIR%%/www/; gzip_static on; gzip_vary on; }
  }
}`;

const files = {
  "www/all.txt": "plain\n",
  "www/all.txt.gz": gzipSync("gzip\n"),
  "www/all.txt.br": brotliCompressSync("brotli\n"),
  "www/gzip.txt": "plain\n",
  "www/gzip.txt.gz": gzipSync("gzip\n"),
  "www/plain.txt": "plain\n",
};

let server: RunningServer;
beforeAll(async () => {
  server = await startForegate({ conf, files });
});
afterAll(() => server.stop());

async function ask(target: string, accepted: string): Promise<{ coding: string | undefined; vary: string | undefined; status: number }> {
  const result = await server.exchange(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: ${accepted}\r\n\r\n`);
  const [answer] = result.answers;
  if (answer === undefined) throw new Error("No answer");
  return { status: answer.status, coding: fieldOf(answer, "content-encoding"), vary: fieldOf(answer, "vary") };
}

test.each([
  ["/all.txt", "br", "br"],
  ["/all.txt", "gzip, deflate, br", "br"],
  ["/all.txt", "br;q=0", undefined],
  ["/all.txt", "gzip", undefined],
  ["/plain.txt", "br", undefined],
  ["/always/all.txt", "identity", "br"],
  ["/off/all.txt", "br", undefined],
  ["/both/all.txt", "gzip, br", "br"],
  ["/both/all.txt", "gzip", "gzip"],
  ["/both/gzip.txt", "gzip, br", "gzip"],
  ["/both/gzip.txt", "br", undefined],
])("brotli_static answers %s to one that accepts %j with coding %s", async (target, accepted, coding) => {
  expect(await ask(target, accepted)).toMatchObject({ status: 200, coding });
});

test.each([
  ["/vary/all.txt", "br", "Accept-Encoding"],
  ["/vary/all.txt", "gzip", "Accept-Encoding"],
  ["/vary/plain.txt", "br", undefined],
  ["/both/all.txt", "br", "Accept-Encoding"],
  ["/both/plain.txt", "gzip, br", undefined],
])("gzip_vary says of %s to one that accepts %j: %s", async (target, accepted, vary) => {
  expect(await ask(target, accepted)).toMatchObject({ status: 200, vary });
});

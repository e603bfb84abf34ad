/** `limit_rate`: how long an answer takes, and that all of it arrives, at nginx's rate and at ours. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import { type Origin, startOrigin } from "../harness/origin.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { get, request } from "./requests.ts";

const MEGABYTE = "0123456789abcdef".repeat(65_536);
const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    location / { try_files /big =404; }
    location /200k { limit_rate 200k; try_files /big =404; }
    location /after { limit_rate 100k; limit_rate_after 800k; try_files /big =404; }
    location /variable { limit_rate $arg_rate; limit_rate_after $arg_after; try_files /big =404; }
    location /set { set $limit_rate 400k; try_files /big =404; }
    location /if { alias %%DIR%%/www/big; if ($arg_slow) { set $limit_rate 512k; } }
    location /small { limit_rate 20k; try_files /small =404; }
    location /slow { limit_rate 2500; try_files /small =404; }
    location /returned { limit_rate 10k; return 200 "${"x".repeat(3000)}"; }
    location /ranges { limit_rate 200k; try_files /big =404; }
    location /zipped { limit_rate 1000; gzip on; gzip_types *; try_files /small =404; }
    location /proxied { limit_rate 300k; proxy_pass http://127.0.0.1:%%ORIGIN%%/plain; }
    location /chunked { limit_rate 300k; proxy_http_version 1.1; proxy_pass http://127.0.0.1:%%ORIGIN%%/chunked; }
    location /unbuffered { limit_rate 300k; proxy_buffering off; proxy_pass http://127.0.0.1:%%ORIGIN%%/plain; }
    location /accel { proxy_pass http://127.0.0.1:%%ORIGIN%%/accel; }
    location /accel-ignored { proxy_ignore_headers X-Accel-Limit-Rate; proxy_pass http://127.0.0.1:%%ORIGIN%%/accel; }
    location /accel-file { proxy_pass http://127.0.0.1:%%ORIGIN%%/accel-file; }
    location /protected { internal; try_files /big =404; }
  }
}`;
const files = { "www/big": MEGABYTE, "www/small": "y".repeat(3000) };

function answer({ target }: { readonly target: string }): string {
  const fields = target.startsWith("/accel") ? "X-Accel-Limit-Rate: 409600\r\n" : "";
  if (target === "/accel-file") return `HTTP/1.1 200 OK\r\n${fields}X-Accel-Redirect: /protected\r\nContent-Length: 0\r\n\r\n`;
  if (target !== "/chunked") return `HTTP/1.1 200 OK\r\n${fields}Content-Length: ${MEGABYTE.length}\r\n\r\n${MEGABYTE}`;
  return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${MEGABYTE.length.toString(16)}\r\n${MEGABYTE}\r\n0\r\n\r\n`;
}

interface Seen {
  readonly seconds: number;
  readonly answers: readonly (readonly [status: number, bodyBytes: number])[];
  readonly end: string;
}

async function measure(server: RunningServer, text: string, answers: number): Promise<Seen> {
  const startedAtMs = performance.now();
  const result = await server.exchange(text, { answers, timeoutMs: 20_000 });
  const seconds = (performance.now() - startedAtMs) / 1000;
  return { seconds, end: result.end, answers: result.answers.map(({ status, body }) => [status, body.length]) };
}

const ROWS: Readonly<Record<string, string | readonly string[]>> = {
  "no limit": get("/"),
  "a megabyte at 200k": get("/200k"),
  "a megabyte, 800k of it at once": get("/after"),
  "a rate and an amount by variables": get("/variable?rate=256k&after=512k"),
  "variables without a value": get("/variable"),
  "set $limit_rate": get("/set"),
  "set $limit_rate in an if that is not entered": get("/if"),
  "set $limit_rate in an if": get("/if?slow=1"),
  "less than a second's worth": get("/small"),
  "a few bytes a second": get("/slow"),
  "a returned text": get("/returned"),
  "two answers on one connection": [get("/slow"), get("/small")],
  "a part of a file": get("/ranges", "Range: bytes=0-409599"),
  "parts of a file": get("/ranges", "Range: bytes=0-204799,300000-504799"),
  "no content": request("HEAD", "/200k"),
  "compressed before it is counted": get("/zipped", "Accept-Encoding: gzip"),
  "an upstream's answer": get("/proxied"),
  "an upstream's chunked answer": get("/chunked"),
  "an upstream's answer, unbuffered": get("/unbuffered"),
  "X-Accel-Limit-Rate": get("/accel"),
  "X-Accel-Limit-Rate, ignored": get("/accel-ignored"),
  "X-Accel-Limit-Rate for a file that X-Accel-Redirect names": get("/accel-file"),
};

requireOracle("nginx")("limit_rate", () => {
  let origin: Origin;
  let nginx: RunningServer;
  let foregate: RunningServer;
  beforeAll(async () => {
    origin = await startOrigin(answer);
    const options = { conf, files, values: { ORIGIN: origin.port } };
    nginx = await startNginx(options);
    foregate = await startForegate(options);
  });
  afterAll(() => origin.stop());

  test.concurrent.each(Object.entries(ROWS))("%s", async (_name, requests) => {
    const texts = typeof requests === "string" ? [requests] : requests;
    const [theirs, ours] = await Promise.all([nginx, foregate].map((server) => measure(server, texts.join(""), texts.length)));
    if (process.env["DIFFERENTIAL_PRINT"] === "1") process.stdout.write(`${_name}: ${theirs?.seconds} ${ours?.seconds}\n`);
    expect({ ...ours, seconds: 0 }).toEqual({ ...theirs, seconds: 0 });
    // A tenth of nginx's time, and what a busy machine adds.
    expect(Math.abs((ours?.seconds ?? 0) - (theirs?.seconds ?? 0))).toBeLessThan(0.1 * (theirs?.seconds ?? 0) + 0.4);
  });
});

/** brotli beside gzip: who gets which of them, and what it does to an answer's fields. */

import { brotliDecompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { head } from "../differential/requests.ts";
import { type Answer, fieldOf } from "../harness/answers.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";

const PAGE = "<p>hello, hello, hello</p>".repeat(40);
const LONG = PAGE.repeat(300);

const conf = `
http {
  types { text/html html; text/plain txt; }
  brotli on;
  gzip on;
  gzip_vary on;
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    location / { }
    location /types/ { alias %%DIR%%/www/; brotli_types text/plain; brotli_comp_level 11; brotli_window 1k; }
    location /length/ { alias %%DIR%%/www/; brotli_min_length 2000; }
    location /proxies/ { alias %%DIR%%/www/; gzip_proxied any; gzip_http_version 1.0; }
    location /off/ { alias %%DIR%%/www/; brotli off; }
  }
}`;

let server: RunningServer;
beforeAll(async () => {
  server = await startForegate({ conf, files: { "www/page.html": PAGE, "www/long.html": LONG, "www/text.txt": PAGE } });
});
afterAll(() => server.stop());

async function ask(target: string, accepted: string, more: readonly string[] = [], line = `GET ${target} HTTP/1.1`): Promise<Answer> {
  const { answers } = await server.exchange(head(line, "Host: x", `Accept-Encoding: ${accepted}`, ...more));
  const [answer] = answers;
  if (answer === undefined) throw new Error("No answer");
  return answer;
}

describe("brotli", () => {
  test.each([
    ["/page.html", "br", "br"],
    ["/page.html", "gzip, br", "br"],
    ["/page.html", "gzip;q=1, br;q=0.1", "br"],
    ["/page.html", "BR", "br"],
    ["/page.html", "br;q=0, gzip", "gzip"],
    ["/page.html", "br;q=0.0001", undefined],
    ["/page.html", "gzip", "gzip"],
    ["/page.html", "brx", undefined],
    ["/page.html", "*", undefined],
    ["/text.txt", "br", undefined],
    ["/types/text.txt", "br", "br"],
    ["/length/page.html", "br, gzip", "gzip"],
    ["/length/long.html", "br, gzip", "br"],
    ["/off/page.html", "br, gzip", "gzip"],
    ["/missing", "br", "br"],
  ])("%s for %s is sent as %s", async (target, accepted, coding) => {
    expect(fieldOf(await ask(target, accepted), "Content-Encoding")).toBe(coding);
  });

  test("proxies and HTTP/1.0 get it where gzip_proxied and gzip_http_version say so", async () => {
    for (const [target, coding] of [
      ["/page.html", undefined],
      ["/proxies/page.html", "br"],
    ] as const) {
      expect(fieldOf(await ask(target, "br", ["Via: 1.1 p"]), "Content-Encoding")).toBe(coding);
      expect(fieldOf(await ask(target, "br", [], `GET ${target} HTTP/1.0`), "Content-Encoding")).toBe(coding);
    }
  });

  test.each([
    ["/page.html", PAGE],
    ["/long.html", LONG],
  ])("%s is compressed whole, its tag weak and its length unknown", async (target, content) => {
    for (const answer of [await ask(target, "br"), await ask(target, "br", ["Range: bytes=0-3"])]) {
      expect(answer).toMatchObject({ status: 200, framing: "chunked" });
      expect(fieldOf(answer, "ETag")).toMatch(/^W\/"/);
      expect(fieldOf(answer, "Accept-Ranges")).toBeUndefined();
      expect(brotliDecompressSync(Buffer.from(answer.body, "latin1")).toString()).toBe(content);
    }
  });

  test("Vary is said once, also to those who get neither coding", async () => {
    for (const accepted of ["br", "gzip", "identity"]) {
      const { fields } = await ask("/page.html", accepted);
      expect(fields.filter(([name]) => name === "Vary")).toEqual([["Vary", "Accept-Encoding"]]);
    }
  });

  test("HEAD has the same fields", async () => {
    const answer = await ask("/page.html", "br", [], "HEAD /page.html HTTP/1.1");
    expect(fieldOf(answer, "Content-Encoding")).toBe("br");
    expect(fieldOf(answer, "Content-Length")).toBeUndefined();
  });
});

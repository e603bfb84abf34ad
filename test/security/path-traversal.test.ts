/** A canary lies outside of every root and alias; no writing of dots, slashes and escapes leads to it. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";

const CANARY = "CANARY";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www/site;
    location / { }
    location /kept { alias %%DIR%%/www/site/; }
    location /alias/ { alias %%DIR%%/www/site/; }
    location /tried/ { root %%DIR%%/www/site; try_files $uri $uri/ $uri.txt /fallback; }
    location /tried-alias/ { alias %%DIR%%/www/site/; try_files $uri $uri/ =404; }
    location ~ ^/regex/(.*)$ { alias %%DIR%%/www/site/$1; }
    location ~ ^/named/(?<file>.*)$ { root %%DIR%%/www/site; try_files /$file =404; }
    location /rewritten/ { rewrite ^/rewritten/(.*)$ /$1 break; }
    location /argument/ { rewrite ^ /$arg_file break; }
    location /fallback { return 404; }
  }
  server { listen 127.0.0.1:%%PORT_UNMERGED%%; merge_slashes off; root %%DIR%%/www/site; location /alias/ { alias %%DIR%%/www/site/; } }
}`;

const PLACES = ["/", "/kept", "/kept/", "/alias/", "/tried/", "/tried-alias/", "/regex/", "/named/", "/rewritten/", "/argument/?file="];

const DOTS = [
  "..",
  "%2e%2e",
  ".%2e",
  "%2e.",
  "%2E%2E",
  "%252e%252e",
  "%%32e%%32e",
  "%25252e%25252e",
  "..;",
  "..;a=b",
  ". .",
  "...",
  "....",
  ".%00.",
  "..%00",
  "%c0%ae%c0%ae",
  "%e0%80%ae%e0%80%ae",
  "%uff0e%uff0e",
  "\xc0\xae\xc0\xae",
  "..%20",
  "..%09",
  "..%0d",
  "..?",
];
const SLASHES = [
  "/",
  "%2f",
  "%2F",
  "%252f",
  "//",
  "/./",
  "%5c",
  "\\",
  "%255c",
  "%c0%af",
  "%c1%9c",
  "%e0%80%af",
  "\xc0\xaf",
  "/%2e/",
  "%u2215",
  ";/",
  "%00/",
  "/\\",
];
const WAYS_UPWARD = [
  ...DOTS.flatMap((dots) => SLASHES.map((slash) => `${dots}${slash}canary`)),
  ...DOTS.flatMap((dots) => ["/", "%2f", "%5c"].map((slash) => `sub${slash}${dots}${slash}${dots}${slash}canary`)),
  ...[
    "%2e%2e%2fcanary%00.txt",
    "sub/%2e%2e/%2e%2e/canary",
    "%2fcanary",
    "//canary",
    "/../canary",
    "file:///canary",
    "canary",
    "sub/.././../canary",
    "./.././canary",
    "sub%2f..%2f..%2fcanary",
    "..%2f%2e%2e%2fwww%2fcanary",
  ],
];

let server: RunningServer;

beforeAll(async () => {
  const files = {
    "www/site/a.txt": "inside\n",
    "www/site/sub/b.txt": "inside\n",
    "www/canary": CANARY,
    canary: CANARY,
    "www/canary.txt": CANARY,
  };
  server = await startForegate({ conf, files });
  server.claim(/"alias" cannot be used in location .* where URI was rewritten/);
});
afterAll(() => server.stop());

test.each(PLACES)(`${WAYS_UPWARD.length} ways upward from %s lead to no file outside`, async (place) => {
  const statuses = new Set<number>();
  for (const portName of place === "/" || place === "/alias/" ? ["", "UNMERGED"] : [""]) {
    for (let first = 0; first < WAYS_UPWARD.length; first += 50) {
      const lane = WAYS_UPWARD.slice(first, first + 50).map(async (upward) => {
        const { answers } = await server.exchange(get(place + upward), { portName, halfClose: true });
        expect(answers, upward).toHaveLength(1);
        expect(answers[0]?.body, upward).not.toContain(CANARY);
        statuses.add(answers[0]?.status ?? 0);
      });
      await Promise.all(lane);
    }
  }
  // The directory itself may be asked for by ways that lead down again.
  for (const status of statuses) expect([301, 400, 403, 404, 500]).toContain(status);
});

test.each([
  "/a.txt",
  "/kept/a.txt",
  "/alias/a.txt",
  "/tried-alias/a.txt",
  "/regex/a.txt",
  "/named/a.txt",
  "/rewritten/a.txt",
  "/argument/?file=a.txt",
  "/sub/../a.txt",
  "/alias/sub/%2e%2e/a.txt",
])("and %s is served", async (target) => {
  expect((await server.exchange(get(target))).answers[0]).toMatchObject({ status: 200, body: "inside\n" });
});

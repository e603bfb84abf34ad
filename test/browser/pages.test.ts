/** A real browser in front of it all: pages with assets, forms, cookies and WebSockets, in clear text and over HTTP/2 with TLS. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { type Chromium, type Page, startChromium } from "../harness/start-chromium.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { type RunningUwsgi, startUwsgi } from "../harness/start-uwsgi.ts";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import type { ScriptedServer } from "../integration/scripted-server.ts";
import { startWebSocketOrigin } from "../integration/websocket-origin.ts";

const ASSETS = 24;
const certificates = temporaryCertificates();

const LOCATIONS = `
    root %%DIR%%/www;
    location = / { try_files /index.html =404; }
    location /assets/ { expires 1h; }
    location /form { uwsgi_pass unix:%%FLASK%%; }
    location /count { uwsgi_pass unix:%%FLASK%%; }
    location /socket { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /text { uwsgi_pass unix:%%SOCKETS%%; }`;

const conf = `
http {
  types { text/html html; text/css css; text/javascript js; image/svg+xml svg; }
  gzip on;
  gzip_types text/css text/javascript;
  server { listen 127.0.0.1:%%PORT_PLAIN%%; ${LOCATIONS} }
  server {
    listen 127.0.0.1:%%PORT_TLS%% ssl;
    http2 on;
    ssl_certificate ${certificates.server.certificate};
    ssl_certificate_key ${certificates.server.key};
    ${LOCATIONS}
  }
}`;

const numbers = Array.from({ length: ASSETS }, (_, index) => index);
const images = numbers.map((number) => `<img src="/assets/${number}.svg" alt="">`).join("");
const PAGE = `<!doctype html><title>page</title><link rel="stylesheet" href="/assets/page.css"><script src="/assets/page.js"></script>${images}\n`;
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"><rect width="7" height="7"/></svg>\n';
const FILES = {
  "www/index.html": PAGE,
  "www/assets/page.css": `body { color: rgb(1, 2, 3) }\n${"/* long enough to be worth compressing */\n".repeat(50)}`,
  "www/assets/page.js": "window.scriptRan = true;\n",
  ...Object.fromEntries(numbers.map((number) => [`www/assets/${number}.svg`, SVG])),
};

/** In the page: what a WebSocket echoes, and how it was closed. */
const echo = (path: string, message: string): string => `new Promise((resolve, reject) => {
  const socket = new WebSocket(location.origin.replace("http", "ws") + ${JSON.stringify(path)});
  let heard;
  socket.onopen = () => socket.send(${message});
  socket.onmessage = ({ data }) => { heard = data; socket.close(1000); };
  socket.onerror = () => reject(new Error("the WebSocket failed"));
  socket.onclose = ({ wasClean }) => resolve({ length: heard.length, start: heard.slice(0, 10), wasClean });
})`;

const LOADED_ASSETS = `performance.getEntriesByType("resource").filter(({ responseStatus }) => responseStatus === 200)`;

requireOracle("chromium", "uwsgi")("Chromium", () => {
  let server: RunningServer;
  let origin: ScriptedServer;
  let apps: readonly RunningUwsgi[] = [];
  let browser: Chromium;

  beforeAll(async () => {
    apps = [await startUwsgi({ app: "flask_app.py" }), await startUwsgi({ app: "websocket_app.py", args: ["--threads", "4"] })];
    origin = await startWebSocketOrigin();
    const [flask, sockets] = apps;
    const values = { FLASK: flask?.socketPath ?? "", SOCKETS: sockets?.socketPath ?? "", ORIGIN: origin.port };
    server = await startForegate({ conf, values, files: FILES });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.stop();
    await origin.stop();
    await Promise.all(apps.map((app) => app.stop()));
  });

  describe.each([
    ["http", "PLAIN", "http/1.1"],
    ["https", "TLS", "h2"],
  ])("over %s", (scheme, portName, protocol) => {
    let page: Page;
    let base = "";
    beforeAll(async () => {
      page = await browser.openPage();
      base = `${scheme}://localhost:${server.port(portName)}`;
    });

    test(`loads a page and its assets by ${protocol}`, async () => {
      await page.navigate(`${base}/`);
      expect(await page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol")).toBe(protocol);
      expect(await page.evaluate("window.scriptRan")).toBe(true);
      expect(await page.evaluate("getComputedStyle(document.body).color")).toBe("rgb(1, 2, 3)");
      expect(await page.evaluate("[...document.images].filter((image) => image.naturalWidth === 7).length")).toBe(ASSETS);
      expect(await page.evaluate(`${LOADED_ASSETS}.length`)).toBe(ASSETS + 2);
      expect(await page.evaluate(`[...new Set(${LOADED_ASSETS}.map((entry) => entry.nextHopProtocol))]`)).toEqual([protocol]);
    });

    test("sends a form to Flask", async () => {
      await page.navigate(`${base}/form`);
      await page.follow("document.querySelector('input').value = 'gr\u00fc\u00df dich'; document.querySelector('button').click()");
      expect(JSON.parse(String(await page.evaluate("document.body.innerText")))).toEqual({ name: ["gr\u00fc\u00df dich"] });
    });

    test("keeps a Flask session in its cookie", async () => {
      await page.navigate(`${base}/count`);
      // Cookies do not tell ports apart: another suite may have counted before.
      const before = Number(await page.evaluate("document.body.innerText"));
      await page.navigate(`${base}/count`);
      expect(Number(await page.evaluate("document.body.innerText"))).toBe(before + 1);
    });

    // Chromium sends long messages in fragments, which uWSGI 2.0 cannot put together.
    test.each([
      ["/socket", 200_000],
      ["/text", 20_000],
    ])("talks over a WebSocket at %s", async (path, length) => {
      await page.navigate(`${base}/`);
      expect(await page.evaluate(echo(path, '"gr\u00fc\u00df dich"'))).toEqual({ length: 9, start: "gr\u00fc\u00df dich", wasClean: true });
      expect(await page.evaluate(echo(path, `"0123456789".repeat(${length / 10})`))).toEqual({
        length,
        start: "0123456789",
        wasClean: true,
      });
    });
  });
});

/** `ssi`, `addition` and `slice` under what no table of answers shows: slow and leaving clients, depth, compression, what upstreams are asked. */

import { connect } from "node:net";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { startOrigin } from "../harness/origin.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { inErrorLog } from "./await-log.ts";
import { openFiles, workerPid } from "./process-state.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
const LARGE = "0123456789abcdef".repeat(65_536);

const serverWith = (directives: string): string =>
  `http { default_type text/html; server { listen 127.0.0.1:%%PORT%%; root %%DIR%%/www; ${directives} } }`;

test("what a page includes is asked for at once, and sent in its order", async () => {
  await using origin = await startOrigin(({ target }) => ({
    parts: [target.includes("first") ? 300 : 0, `${OK}Content-Length: ${target.length}\r\n\r\n${target}`],
  }));
  const conf = serverWith(`ssi on; location /o/ { proxy_pass http://127.0.0.1:${origin.port}; }`);
  const page = '1<!--#include virtual="/o/first"-->2<!--#include virtual="/o/second"-->3<!--#include virtual="/o/third"-->4';
  await using server = await startForegate({ conf, files: { "www/page": page } });
  const answer = server.exchange(get("/page"));
  await origin.request(3);
  expect((await answer).answers[0]?.body).toBe("1/o/first2/o/second3/o/third4");
});

test("a page that includes itself ends with a mistake where subrequests are nested too deep", async () => {
  await using server = await startForegate({ conf: serverWith("ssi on;"), files: { "www/page": '<<!--#include virtual="/page"-->>' } });
  const { answers } = await server.exchange(get("/page"));
  const depth = 51;
  expect(answers[0]?.body).toBe(`${"<".repeat(depth)}[an error occurred while processing the directive]${">".repeat(depth)}`);
  await inErrorLog(server, /subrequests cycle while processing "\/page".*subrequest: "\/page"/);
});

test("included pages are compressed with the page that includes them", async () => {
  const conf = serverWith("ssi on; gzip on; gzip_min_length 0; location /added { add_after_body /part; }");
  const files = {
    "www/page": '(<!--#include virtual="/part"-->)',
    "www/part": `part <!--#echo var="uri"--> ${LARGE}`,
    "www/added": "main ",
  };
  await using server = await startForegate({ conf, files });
  for (const [target, body] of [
    ["/page", `(part /part ${LARGE})`],
    ["/added", `main part /part ${LARGE}`],
  ] as const) {
    const { answers } = await server.exchange(get(target, "Accept-Encoding: gzip"));
    expect(gunzipSync(Buffer.from(answers[0]?.body ?? "", "latin1")).toString("latin1") === body, target).toBe(true);
  }
});

test("a slow client gets the whole of a large page with large parts", async () => {
  await using origin = await startOrigin(() => `${OK}Content-Length: ${LARGE.length}\r\n\r\n${LARGE}`);
  const conf = serverWith(`ssi on; location /o { proxy_pass http://127.0.0.1:${origin.port}; }`);
  const page = `${LARGE}<!--#include virtual="/o"-->${LARGE}<!--#include virtual="/part"-->${LARGE}`;
  await using server = await startForegate({ conf, files: { "www/page": page, "www/part": LARGE } });
  const client = connect({ host: "127.0.0.1", port: server.port() });
  let received = 0;
  let end = "";
  client.on("data", (chunk) => {
    received += chunk.length;
    end = (end + chunk.toString("latin1")).slice(-20);
    client.pause();
    setTimeout(() => client.resume(), 1);
  });
  client.write("GET /page HTTP/1.0\r\n\r\n");
  await waitUntil("the end of the answer", () => client.readableEnded || undefined, 20_000);
  expect(received).toBeGreaterThanOrEqual(5 * LARGE.length);
  expect(received).toBeLessThan(5 * LARGE.length + 500);
  expect(end).toBe(LARGE.slice(-20));
}, 30_000);

test("a client that goes away ends what its page waits for, and leaves no file open", async () => {
  await using origin = await startOrigin(() => ({ parts: [] }));
  const conf = serverWith(`ssi on; location /o { proxy_pass http://127.0.0.1:${origin.port}; } location /added { add_before_body /o; }`);
  const files = {
    "www/part": '1<!--#include virtual="/o"-->2<!--#include virtual="/large"-->3',
    "www/set": '1<!--#include virtual="/o" set="a"-->2',
    "www/added": "main",
    "www/large": LARGE,
  };
  await using server = await startForegate({ conf, files });
  const before = openFiles(workerPid(server.pid));
  for (const target of ["/part", "/set", "/added"]) {
    const client = connect({ host: "127.0.0.1", port: server.port() });
    client.on("error", () => client.destroy());
    const seen = origin.requests.length;
    client.write(get(target));
    await origin.request(seen + 1);
    client.destroy();
  }
  await waitUntil("all is let go", () => openFiles(workerPid(server.pid)) <= before || undefined, 5000);
});

test("a part that breaks off cuts the answer", async () => {
  await using origin = await startOrigin(() => ({ parts: [`${OK}Content-Length: 10\r\n\r\nabc`], ending: "close" }));
  const conf = serverWith(`ssi on; location /o { proxy_pass http://127.0.0.1:${origin.port}; }`);
  await using server = await startForegate({ conf, files: { "www/page": '1<!--#include virtual="/o"-->2' } });
  const { answers } = await server.exchange(get("/page"));
  expect(answers[0]?.framing).toBe("cut chunked");
  expect(answers[0]?.body).toMatch(/abc\s*$/);
});

test("a stub stands in for an empty answer and for error pages, and is read as a page of the included location", async () => {
  const conf = serverWith("ssi on; location = /empty { return 204; } location = /off { ssi off; return 404; }");
  const block = '<!--#block name="s"-->stub of <!--#echo var="uri"--><!--#endblock-->';
  const page = `${block}[<!--#include virtual="/empty" stub="s"-->][<!--#include virtual="/none" stub="s"-->][<!--#include virtual="/off" stub="s"-->]`;
  await using server = await startForegate({ conf, files: { "www/page": page } });
  const { answers } = await server.exchange(get("/page"));
  expect(answers[0]?.body).toBe('[stub of /empty][stub of /none][stub of <!--#echo var="uri"-->]');
});

test("include set takes no more than subrequest_output_buffer_size where the included page is", async () => {
  const conf = serverWith("ssi on; subrequest_output_buffer_size 10; location /in { subrequest_output_buffer_size 99; }");
  const include = (name: string): string =>
    `<!--#include virtual="/${name}" set="a"-->[<!--#echo var="a" default=""-->]<!--#set var="a" value=""-->`;
  const files = { "www/in": `${include("ten")}${include("eleven")}`, "www/ten": "0123456789", "www/eleven": "0123456789a" };
  await using server = await startForegate({ conf, files });
  expect((await server.exchange(get("/in"))).answers[0]?.body).toBe("[0123456789][]");
  await inErrorLog(server, /too big subrequest response.*subrequest: "\/eleven"/);
});

test("slice asks for the slices that a range touches, one after the other, and no others", async () => {
  const content = "0123456789".repeat(5);
  await using origin = await startOrigin(({ fields }) => {
    const [, from = "0", to = "0"] = /(\d+)-(\d+)/.exec(fields.find(([name]) => name === "Range")?.[1] ?? "") ?? [];
    const part = content.slice(Number(from), Number(to) + 1);
    const range = `Content-Range: bytes ${from}-${Number(from) + part.length - 1}/${content.length}`;
    return `HTTP/1.1 206 Partial\r\n${range}\r\nContent-Length: ${part.length}\r\n\r\n${part}`;
  });
  const conf = serverWith(`slice 10; location / { proxy_set_header Range $slice_range; proxy_pass http://127.0.0.1:${origin.port}; }`);
  await using server = await startForegate({ conf });
  for (const [range, body, asked] of [
    ["bytes=12-33", content.slice(12, 34), ["10-19", "20-29", "30-39"]],
    ["bytes=-12", content.slice(38), ["0-9", "30-39", "40-49"]],
    ["bytes=40-", content.slice(40), ["40-49"]],
  ] as const) {
    const before = origin.requests.length;
    const { answers } = await server.exchange(get("/file", `Range: ${range}`));
    expect([answers[0]?.status, answers[0]?.body]).toEqual([206, body]);
    const ranges = origin.requests
      .slice(before)
      .flatMap(({ fields }) => fields.filter(([name]) => name === "Range").map(([, value]) => value));
    expect(ranges).toEqual(asked.map((slice) => `bytes=${slice}`));
  }
});

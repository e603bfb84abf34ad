/** `listen … proxy_protocol`: headers however they arrive, what is logged of bad ones, and what else stands behind one. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { get, head } from "../differential/requests.ts";
import { splitAt } from "../harness/raw-client.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";

const conf = `
http {
  log_format who '$remote_addr from $realip_remote_addr';
  access_log %%DIR%%/logs/access.log who;
  client_header_timeout 300ms;
  server {
    listen 127.0.0.1:%%PORT%% proxy_protocol;
    listen unix:%%DIR%%/proxied.sock proxy_protocol;
    server_name first;
    set_real_ip_from 127.0.0.1;
    set_real_ip_from unix:;
    real_ip_header proxy_protocol;
    location / { return 200 "[$remote_addr] [$proxy_protocol_addr:$proxy_protocol_port] [$proxy_protocol_server_addr]"; }
    location /values { return 200 "[$proxy_protocol_tlv_alpn] [$proxy_protocol_tlv_ssl_cn] [$proxy_protocol_tlv_0xea] [$proxy_protocol_tlv_ssl_verify]"; }
    location /missing { root %%DIR%%; }
  }
}`;

const VERSION_1 = "PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n";
const VERSION_2 = "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\x01\x02\x03\x04\x05\x06\x07\x08\x04\xd2\x00\x50";
const SEEN = "[1.2.3.4] [1.2.3.4:1234] [5.6.7.8]";

let server: RunningServer;

beforeAll(async () => {
  server = await startForegate({ conf });
});
afterAll(() => server.stop());

const logged = (pattern: RegExp): Promise<string> => waitUntil(`a line ${pattern}`, async () => pattern.exec(server.errorLog())?.[0]);

describe.each([
  ["version 1", VERSION_1],
  ["version 2", VERSION_2],
])("a header of %s", (_name, header) => {
  test("is read wherever it is cut", async () => {
    const offsets = Array.from({ length: header.length + 1 }, (_, index) => index + 1);
    const outcomes = await Promise.all(offsets.map((offset) => server.exchange(splitAt(header + get("/"), [offset]))));
    expect(new Set(outcomes.map(({ answers }) => answers[0]?.body))).toEqual(new Set([SEEN]));
  });

  test("is read byte by byte", async () => {
    const { answers } = await server.exchange(
      splitAt(
        header + get("/"),
        [...header].map((_, index) => index + 1),
      ),
    );
    expect(answers[0]?.body).toBe(SEEN);
  });

  test("may have pipelined requests in the same packet", async () => {
    const { answers } = await server.exchange(header + get("/") + get("/missing") + get("/"), { answers: 3 });
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200]);
    expect(answers[2]?.body).toBe(SEEN);
  });

  test("may be followed by the end of what the client sends", async () => {
    const { answers } = await server.exchange(header + get("/"), { halfClose: true });
    expect(answers[0]?.body).toBe(SEEN);
  });

  test("is read on a unix socket", async () => {
    const { answers } = await server.exchange(header + get("/"), { path: `${server.dir}/proxied.sock` });
    expect(answers[0]?.body).toBe(SEEN);
  });
});

test("values of version 2 are variables", async () => {
  const ssl = "\x20\0\x0e\x07\0\0\0\0\x22\0\x06client";
  const values = `\x01\0\x02h2\xea\0\x03abc${ssl}`;
  const header = VERSION_2.replace("\x00\x0c\x01\x02", `\x00${String.fromCharCode(12 + values.length)}\x01\x02`) + values;
  const { answers } = await server.exchange(header + get("/values"));
  expect(answers[0]?.body).toBe("[h2] [client] [abc] [0]");
});

test("who speaks stands in the logs", async () => {
  await server.exchange(`PROXY TCP4 203.0.113.7 5.6.7.8 1234 80\r\n${get("/missing")}`);
  await logged(/No such file or directory\), client: 203\.0\.113\.7, server: first/);
  await waitUntil("the access log's line", async () => server.accessLog().includes("203.0.113.7 from 127.0.0.1\n") || undefined);
});

describe("the connection closes without an answer", () => {
  test("where a request comes in the header's place", async () => {
    const { raw, end } = await server.exchange(get("/instead"));
    expect([raw, end]).toEqual(["", "closed"]);
    const line = await logged(/\[error\].*broken header: "GET \/instead.*/);
    expect(line).toMatch(/"GET \/instead HTTP\/1\.1" while reading PROXY protocol, client: 127\.0\.0\.1, server: 127\.0\.0\.1:\d+$/);
  });

  test("and what is no text is shown as such", async () => {
    await server.exchange("\x16\x03\x01\x1b[2J");
    await logged(/broken header: "\\x16\\x03\\x01\\x1B\[2J" while/);
  });

  test.each([
    ["too large", "\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff", /\[error\].*header is too large while reading PROXY protocol/],
    [
      "another version",
      "\r\n\r\n\0\r\nQUIT\n\x11\x11\x00\x00",
      /\[error\].*unknown PROXY protocol version: 1 while reading PROXY protocol/,
    ],
    ["a line without end", `PROXY ${"x".repeat(101)}`, /\[error\].*broken header: "PROXY x{101}" while reading PROXY protocol/],
  ])("where a header is %s", async (_name, header, pattern) => {
    const { raw, end } = await server.exchange(header);
    expect([raw, end === "reset" ? "closed" : end]).toEqual(["", "closed"]);
    await logged(pattern);
  });

  test("where a header is cut short", async () => {
    const { raw } = await server.exchange("PROXY TCP4 9.9.9.9", { halfClose: true });
    expect(raw).toBe("");
    await logged(/broken header: "PROXY TCP4 9\.9\.9\.9" while reading PROXY protocol/);
  });

  test("where a header takes longer than client_header_timeout", async () => {
    const { raw, end } = await server.exchange(["PROXY TCP4 8.8.8.8", 5000]);
    expect([raw, end]).toEqual(["", "closed"]);
    await logged(/\[info\].*client timed out \(110: Connection timed out\) while reading PROXY protocol/);
  });
});

test("a request behind a header has its own time", async () => {
  const { answers } = await server.exchange([VERSION_1, 200, get("/")]);
  expect(answers[0]?.body).toBe(SEEN);
  const late = await server.exchange([VERSION_1, 5000, get("/")]);
  expect([late.raw, late.end]).toEqual(["", "closed"]);
});

test("a refused request behind a header is answered", async () => {
  const { answers } = await server.exchange(VERSION_1 + head("nonsense"));
  expect(answers[0]?.status).toBe(400);
});

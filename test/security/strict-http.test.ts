/** `strict_http on` refuses what nginx forgives, nothing else, and does so for the whole head of a virtual server that only Host names. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Recorder, startHttpRecorder } from "../fuzz/recorders.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { splitPoints } from "./split-points.ts";

const place = (name: string): string =>
  `server_name ${name}; location / { proxy_set_header X-Front yes; proxy_pass http://127.0.0.1:%%ORIGIN%%; }`;

const conf = `
http {
  server { listen 127.0.0.1:%%PORT%%; ${place("lax.test")} }
  server { listen 127.0.0.1:%%PORT%%; strict_http on; ${place("strict.test")} }
  server { listen 127.0.0.1:%%PORT_STRICT%%; strict_http on; ${place("default.test")} }
}`;

interface Odd {
  readonly name: string;
  readonly bytes: (host: string) => string;
}

const odd = (name: string, bytes: (host: string) => string): Odd => ({ name, bytes });
const line = (name: string, text: string): Odd => odd(name, (host) => `${text}\r\nHost: ${host}\r\n\r\n`);
const before = (name: string, text: string): Odd =>
  odd(`${name} before Host`, (host) => `GET / HTTP/1.1\r\n${text}\r\nHost: ${host}\r\n\r\n`);
const behind = (name: string, text: string): Odd =>
  odd(`${name} behind Host`, (host) => `GET / HTTP/1.1\r\nHost: ${host}\r\n${text}\r\n\r\n`);

/** Taken by default, as by nginx; refused by strict_http. */
const REFUSED: readonly Odd[] = [
  line("HTTP/1.2", "GET / HTTP/1.2"),
  line("HTTP/1.10", "GET / HTTP/1.10"),
  line("two spaces before the target", "GET  / HTTP/1.1"),
  line("two spaces behind the target", "GET /  HTTP/1.1"),
  line("a space behind the version", "GET / HTTP/1.1 "),
  line("a raw 8-bit byte in the path", "GET /caf\xe9 HTTP/1.1"),
  line("a raw 8-bit byte in the query", "GET /?caf\xe9 HTTP/1.1"),
  ...[...'"<>^`{}|\\'].map((byte) => line(`${byte} in the target`, `GET /a${byte}b HTTP/1.1`)),
  odd("LF behind the request line", (host) => `GET / HTTP/1.1\nHost: ${host}\r\n\r\n`),
  odd("LF behind Host", (host) => `GET / HTTP/1.1\r\nHost: ${host}\n\r\n`),
  odd("LF as the end of the head", (host) => `GET / HTTP/1.1\r\nHost: ${host}\r\n\n`),
  odd("LF behind each line", (host) => `GET / HTTP/1.1\nHost: ${host}\n\n`),
  odd("a raw 8-bit byte behind an authority", (host) => `GET http://${host}/\xe9 HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
  ...[before, behind].flatMap((where) => [
    where("a line without a colon", "X-A"),
    where("a parenthesis in a name", "X(a): 1"),
    where("an at sign in a name", "X@a: 1"),
    where("an 8-bit byte in a name", "X\xe9: 1"),
    where("quotes around a name", '"X-A": 1'),
    where("LF between lines", "X-A: 1\nX-B: 1"),
  ]),
];

/** Odd, and good for strict_http as well. */
const TAKEN: readonly Odd[] = [
  line("a plain request", "GET / HTTP/1.1"),
  line("HTTP/1.0", "GET / HTTP/1.0"),
  line("a method of its own", "FOO-BAR / HTTP/1.1"),
  line("escaped bytes", "GET /%e9%22%7c HTTP/1.1"),
  line("all that a path may hold", "GET /a-b_c~d.e!$&'()*+,;=:@/f HTTP/1.1"),
  line("all that a query may hold", "GET /?a[]=b&c=/?:@!$'()*+,; HTTP/1.1"),
  odd("an empty line before the request", (host) => `\r\nGET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
  odd("absolute-form", (host) => `GET http://${host}/a HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
  ...[before, behind].flatMap((where) => [
    where("an underscore in a name", "X_A: 1"),
    where("a dot in a name", "X.A: 1"),
    where("each other byte of a token", "!#$%&'*+.^`|~: 1"),
    where("no space behind the colon", "X-A:1"),
    where("an empty value", "X-A:"),
    where("a tab in a value", "X-A: a\tb"),
    where("8-bit bytes in a value", "X-A: caf\xe9"),
  ]),
];

let origin: Recorder;
let server: RunningServer;

beforeAll(async () => {
  origin = await startHttpRecorder();
  server = await startForegate({ conf, values: { ORIGIN: origin.port } });
});
afterAll(() => origin.stop());

describe.each([
  { rows: REFUSED, verdict: 400 },
  { rows: TAKEN, verdict: 200 },
])("strict_http answers $verdict to", ({ rows, verdict }) => {
  test.each(rows)("$name", async ({ bytes }) => {
    expect(await statusOf(bytes("lax.test")), "strict_http off").toBe(200);
    expect(origin.requests.splice(0)).toHaveLength(1);
    expect(await statusOf(bytes("strict.test")), "on, for the server that Host names").toBe(verdict);
    expect(await statusOf(bytes("default.test"), "STRICT"), "on, for the address's default server").toBe(verdict);
    expect(origin.requests.splice(0)).toHaveLength(verdict === 200 ? 2 : 0);
  });

  test.each(rows)("$name, cut at every byte", async ({ bytes }) => {
    const text = bytes("strict.test");
    const statuses = await Promise.all(splitPoints(text.length).map((at) => statusOf([text.slice(0, at), 1, text.slice(at)])));
    expect(new Set(statuses)).toEqual(new Set([verdict]));
    expect(origin.requests.splice(0)).toHaveLength(verdict === 200 ? statuses.length : 0);
    expect(origin.faults).toEqual([]);
  });
});

test("strict_http answers 400 to HTTP/0.9, which names no host", async () => {
  const lax = await server.exchange("GET /\r\n");
  expect(lax.answers[0]?.status).toBe(0);
  expect(await statusOf("GET /\r\n", "STRICT")).toBe(400);
  expect(origin.requests.splice(0)).toHaveLength(1);
});

async function statusOf(bytes: string | readonly (string | number)[], portName = ""): Promise<number | undefined> {
  const { answers } = await server.exchange(bytes, { portName });
  return answers[0]?.status;
}

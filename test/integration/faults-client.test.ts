/** What clients do wrong in the bytes they send: each fault's answer, its word in the error log, and a server that goes on. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { get, head, request, withContent, withFields } from "../differential/requests.ts";
import type { Step } from "../harness/raw-client.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { openFiles, workerPid } from "./process-state.ts";

interface Fault {
  readonly name: string;
  readonly send: string | readonly Step[];
  /** Statuses of the answers, interim ones too; none: the connection closes in silence. */
  readonly statuses: readonly number[];
  readonly end?: "closed" | "kept";
  /** What the error log says of it. */
  readonly log?: RegExp;
  /** Answers to read before a kept connection is given up. */
  readonly answers?: number;
}

const conf = `
http {
  client_max_body_size 1k;
  client_header_timeout 300ms;
  client_body_timeout 300ms;
  lingering_timeout 300ms;
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    location / { }
    location /text { return 200 "text\\n"; }
    location /refused/large { client_max_body_size 1m; proxy_pass http://127.0.0.1:1; }
    location /refused { proxy_pass http://127.0.0.1:1; }
  }
}`;

const HOST = "Host: localhost";
const HELLO = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
const CHUNKED = "Transfer-Encoding: chunked";
const line = (text: string): string => head(text, HOST);
const post = (...fields: readonly string[]): string => request("POST", "/refused", ...fields);
/** A chunked POST that an upstream would get. */
const chunks = (body: string): string => post(CHUNKED) + body;
const bytes = (count: number): string => "x".repeat(count);

const HEADS: readonly Fault[] = [
  { name: "a line that is no request", send: "nonsense\r\n\r\n", statuses: [400], log: /client sent invalid (?:method|request)/ },
  { name: "a lower-case method", send: line("get / HTTP/1.1"), statuses: [400], log: /invalid method/ },
  { name: "a request line without a target", send: line("GET HTTP/1.1"), statuses: [400], log: /invalid request/ },
  { name: "a version that is no number", send: line("GET / HTTP/1.x"), statuses: [400], log: /invalid request/ },
  { name: "a major version that is too new", send: line("GET / HTTP/3.0"), statuses: [505], log: /invalid version/ },
  { name: "NUL in the target", send: line("GET /\0 HTTP/1.1"), statuses: [400] },
  { name: "%00 in the target", send: line("GET /%00 HTTP/1.1"), statuses: [400] },
  { name: "a broken escape in the target", send: line("GET /%zz HTTP/1.1"), statuses: [400] },
  { name: "a target above the root", send: line("GET /../x HTTP/1.1"), statuses: [400] },
  { name: "an asterisk as target", send: line("GET * HTTP/1.1"), statuses: [400] },
  { name: "CONNECT", send: line("CONNECT localhost:80 HTTP/1.1"), statuses: [405] },
  { name: "TRACE", send: line("TRACE / HTTP/1.1"), statuses: [405] },
  { name: "NUL in a field", send: withFields(HOST, "X-A: a\0b"), statuses: [400], log: /invalid header line/ },
  { name: "a space before the colon", send: withFields(HOST, "X-A : b"), statuses: [400], log: /invalid header line/ },
  { name: "a folded field", send: withFields(HOST, "X-A: b", " c"), statuses: [400], log: /invalid header line/ },
  { name: "an empty field name", send: withFields(HOST, ": b"), statuses: [400], log: /invalid header line/ },
  { name: "no Host", send: withFields("X-A: b"), statuses: [400], log: /without "Host" header/ },
  { name: "two Hosts", send: withFields(HOST, HOST), statuses: [400], log: /duplicate (?:host )?header/i },
  { name: "a Host that is none", send: withFields("Host: a/b"), statuses: [400], log: /invalid host/ },
  {
    name: "a request line past large_client_header_buffers",
    send: line(`GET /${bytes(9000)} HTTP/1.1`),
    statuses: [414],
    log: /too long URI/,
  },
  { name: "a request line that never ends", send: `GET /${bytes(9000)}`, statuses: [414], log: /too long URI/ },
  {
    name: "a field past large_client_header_buffers",
    send: withFields(HOST, `X-A: ${bytes(9000)}`),
    statuses: [400],
    log: /too long header line/,
  },
  { name: "a field that never ends", send: `GET / HTTP/1.1\r\nX-A: ${bytes(9000)}`, statuses: [400], log: /too long header line/ },
  {
    name: "a head past all buffers",
    send: withFields(HOST, ...Array<string>(6).fill(`X-A: ${bytes(7000)}`)),
    statuses: [400],
    log: /too large request/,
  },
  {
    name: "more fields than max_headers",
    send: withFields(HOST, ...Array<string>(1001).fill("A: b")),
    statuses: [400],
    log: /too many header lines/,
  },
  { name: "a TLS ClientHello", send: HELLO + bytes(502), statuses: [400], log: /invalid method/ },
  { name: "an HTTP/2 preface", send: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", statuses: [400], log: /invalid (?:request|version)/ },
  { name: "binary rubbish", send: "\xff\xfe\xfd\0\x01\x02".repeat(500), statuses: [400], log: /invalid method/ },
  { name: "a hundred empty lines before a request", send: "\r\n".repeat(100) + get("/text"), statuses: [200], end: "kept" },
  { name: "a request that comes byte by byte", send: [...get("/text")].flatMap((byte) => [byte, 0]), statuses: [200], end: "kept" },
  { name: "a head of 8,000 bytes in 8,000 writes", send: [...get("/text", `X-A: ${bytes(7900)}`)], statuses: [200], end: "kept" },
];

const BODIES: readonly Fault[] = [
  {
    name: "Content-Length beside Transfer-Encoding",
    send: post("Content-Length: 5", CHUNKED),
    statuses: [400],
    log: /"Content-Length" and "Transfer-Encoding"/,
  },
  { name: "two Content-Lengths", send: post("Content-Length: 5", "Content-Length: 5"), statuses: [400], log: /duplicate header/i },
  { name: "a signed Content-Length", send: post("Content-Length: +5"), statuses: [400], log: /invalid "Content-Length"/ },
  {
    name: "a Content-Length past all numbers",
    send: post(`Content-Length: ${"9".repeat(30)}`),
    statuses: [400],
    log: /invalid "Content-Length"/,
  },
  { name: "a transfer coding nobody knows", send: post("Transfer-Encoding: gzip"), statuses: [501], log: /unknown "Transfer-Encoding"/ },
  { name: "a transfer coding with HTTP/1.0", send: head("POST /refused HTTP/1.0", HOST, CHUNKED), statuses: [400] },
  {
    name: "a Content-Length past client_max_body_size",
    send: post("Content-Length: 1025"),
    statuses: [413],
    log: /too large body: 1025 bytes/,
  },
  { name: "the same, expecting 100", send: post("Content-Length: 1025", "Expect: 100-continue"), statuses: [413], log: /too large body/ },
  {
    name: "the same, with the body sent along",
    send: withContent("POST", "/refused", bytes(100_000)),
    statuses: [413],
    log: /too large body/,
  },
  {
    name: "a chunked body past client_max_body_size",
    send: chunks(`401\r\n${bytes(1025)}\r\n0\r\n\r\n`),
    statuses: [413],
    log: /too large chunked body/,
  },
  { name: "a chunk whose size alone is past it", send: chunks("ffffff\r\nx"), statuses: [413], log: /too large chunked body/ },
  { name: "a chunk size past all numbers", send: chunks(`${"f".repeat(20)}\r\nx`), statuses: [400], log: /invalid chunked body/ },
  { name: "a chunk size that is no number", send: chunks("z\r\n"), statuses: [400], log: /invalid chunked body/ },
  { name: "a chunk that is longer than its size", send: chunks("1\r\nxx\r\n0\r\n\r\n"), statuses: [400], log: /invalid chunked body/ },
  {
    name: "a broken chunk to a location that wants no body",
    send: `${request("POST", "/text", CHUNKED)}z\r\n`,
    statuses: [400],
    log: /invalid chunked body/,
  },
  {
    name: "an expected 100, then the body",
    send: [post("Content-Length: 4", "Expect: 100-continue"), / 100 /, "body"],
    statuses: [100, 502],
    end: "kept",
    log: /connect\(\) failed/,
  },
  {
    name: "an expected 100 that is not waited for",
    send: withContent("POST", "/refused", "body", "Expect: 100-continue"),
    statuses: [100, 502],
    end: "kept",
  },
  {
    name: "a body in 10,000 writes of one byte",
    send: [request("POST", "/refused/large", "Content-Length: 10000"), ...bytes(10_000)],
    statuses: [502],
    end: "kept",
  },
  { name: "an expectation nobody knows", send: withContent("POST", "/text", "body", "Expect: 200-ok"), statuses: [200], end: "kept" },
  {
    name: "an expected 100 that HTTP/1.0 does not have",
    send: `${head("POST /refused HTTP/1.0", HOST, "Content-Length: 4", "Expect: 100-continue")}body`,
    statuses: [502],
  },
  {
    name: "an expected 100 where nobody wants the body",
    send: [request("POST", "/text", "Content-Length: 4", "Expect: 100-continue"), / 200 /, `body${get("/text")}`],
    statuses: [100, 200, 200],
    answers: 2,
    end: "kept",
  },
  {
    name: "a body for a file",
    send: `${withContent("GET", "/file.txt", bytes(1024))}${get("/text")}`,
    statuses: [200, 200],
    answers: 2,
    end: "kept",
  },
  { name: "a smuggled request behind Connection: close", send: get("/text", "Connection: close") + get("/text"), statuses: [200] },
];

const SLOW: readonly Fault[] = [
  { name: "a head that stops", send: "GET / HTTP/1.1\r\nHost: x", statuses: [], log: /client timed out/ },
  {
    name: "a head that trickles",
    send: Array.from({ length: 20 }, () => ["X", 40] as const).flat(),
    statuses: [],
    log: /client timed out/,
  },
  { name: "a counted body that stops", send: `${post("Content-Length: 10")}12345`, statuses: [] },
  { name: "a chunked body that stops", send: chunks("5\r\n12"), statuses: [] },
];

let server: RunningServer;
let filesAtStart = 0;

beforeAll(async () => {
  server = await startForegate({ conf, files: { "www/file.txt": "file\n" } });
  await stillServes();
  filesAtStart = openFiles(workerPid(server.pid));
});
afterAll(async () => {
  // Keep-alive connections of clients that left are noticed at the next turn of the event loop.
  await waitUntil("the files of all faults to be closed", () => openFiles(workerPid(server.pid)) <= filesAtStart || undefined);
});

test.each([...HEADS, ...BODIES, ...SLOW])(
  "a client's fault is answered and survived: $name",
  async ({ send, statuses, end, log, answers }) => {
    const logged = server.errorLog().length;
    const result = await server.exchange(send, answers === undefined ? {} : { answers });
    expect(result.answers.map(({ status }) => status)).toEqual(statuses);
    expect(result.rest).toBe("");
    expect(result.end === "reset" ? "closed" : result.end).toBe(end ?? "closed");
    if (log !== undefined) await waitUntil(`${log} in the error log`, () => log.test(server.errorLog().slice(logged)) || undefined, 3000);
    await stillServes();
  },
);

async function stillServes(): Promise<void> {
  const { answers } = await server.exchange(get("/text", "Connection: close"));
  expect(answers[0]?.body).toBe("text\n");
}

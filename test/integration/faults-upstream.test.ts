/** What upstreams do wrong, over HTTP and uwsgi alike: what the client gets, what the log advises, and a server that goes on. */

import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { openClient } from "./client-socket.ts";
import { openFiles, workerPid } from "./process-state.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

interface Fault {
  readonly name: string;
  readonly answer: string;
  /** What comes after the bytes. */
  readonly ending: "close" | "reset" | "stall";
  readonly status: 200 | 502 | 504;
  /** For answers that were begun: whether the client can tell that they are not whole. */
  readonly framing?: "cut length" | "cut chunked" | "length";
  readonly body?: string;
  readonly log: RegExp;
  /** `$upstream_error`'s name of it. */
  readonly cause?: string;
}

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const OF_100 = `${OK}Content-Length: 100\r\n\r\n`;
const HEADER = "while reading response header from upstream";
const BODY = "while reading upstream";

const FAULTS: readonly Fault[] = [
  { name: "stalls before its head", answer: "", ending: "stall", status: 504, log: RegExp(`timed out .*${HEADER}`), cause: "read_timeout" },
  {
    name: "stalls within its head",
    answer: `${OK}A: `,
    ending: "stall",
    status: 504,
    log: RegExp(`timed out .*${HEADER}`),
    cause: "read_timeout",
  },
  {
    name: "stalls within its body",
    answer: `${OF_100}part`,
    ending: "stall",
    status: 200,
    framing: "cut length",
    body: "part",
    log: RegExp(`timed out .*${BODY}`),
    cause: "read_timeout",
  },
  {
    name: "closes at once",
    answer: "",
    ending: "close",
    status: 502,
    log: RegExp(`prematurely closed .*${HEADER}`),
    cause: "closed_without_answer",
  },
  {
    name: "resets at once",
    answer: "",
    ending: "reset",
    status: 502,
    log: RegExp(`104: Connection reset by peer.*${HEADER}`),
    cause: "connection_reset",
  },
  {
    name: "closes within its head",
    answer: `${OK}Content-`,
    ending: "close",
    status: 502,
    log: RegExp(`prematurely closed .*${HEADER}`),
    cause: "closed_in_head",
  },
  {
    name: "closes short of its Content-Length",
    answer: `${OF_100}part`,
    ending: "close",
    status: 200,
    framing: "cut length",
    body: "part",
    log: RegExp(`prematurely closed .*${BODY}`),
    cause: "closed_in_body",
  },
  {
    name: "closes within a chunk",
    answer: `${CHUNKED}5\r\nhe`,
    ending: "close",
    status: 200,
    framing: "cut chunked",
    log: RegExp(`prematurely closed .*${BODY}`),
    cause: "closed_in_body",
  },
  {
    name: "closes before the last chunk",
    answer: `${CHUNKED}5\r\nhello\r\n`,
    ending: "close",
    status: 200,
    framing: "cut chunked",
    log: RegExp(`prematurely closed .*${BODY}`),
    cause: "closed_in_body",
  },
  {
    name: "resets within its body",
    answer: `${OF_100}part`,
    ending: "reset",
    status: 200,
    framing: "cut length",
    log: RegExp(`reset by peer.*${BODY}`),
    cause: "connection_reset",
  },
  {
    name: "sends a broken chunk",
    answer: `${CHUNKED}5\r\nhello\r\nzz\r\n`,
    ending: "stall",
    status: 200,
    framing: "cut chunked",
    log: /invalid chunked response/,
    cause: "invalid_body",
  },
  {
    name: "sends rubbish",
    answer: "\xff\xfe\0\x01rubbish\r\n\r\n",
    ending: "close",
    status: 502,
    log: /upstream sent (?:no valid HTTP|invalid header)/,
    cause: "invalid_head",
  },
  {
    name: "sends a TLS alert",
    answer: "\x15\x03\x01\0\x02\x02\x0a\r\n\r\n",
    ending: "close",
    status: 502,
    log: /speaks TLS/,
    cause: "answered_tls",
  },
  {
    name: "sends NUL in a field",
    answer: `${OK}A: b\0c\r\n\r\n`,
    ending: "close",
    status: 502,
    log: /invalid header/,
    cause: "invalid_head",
  },
  {
    name: "sends a head past buffer_size",
    answer: `${OK}A: ${"x".repeat(20_000)}\r\n\r\n`,
    ending: "stall",
    status: 502,
    log: /too big header/,
    cause: "head_too_big",
  },
  { name: "sends a line that never ends", answer: "x".repeat(20_000), ending: "stall", status: 502, log: /upstream sent/ },
  {
    name: "sends 100 without end",
    answer: "HTTP/1.1 100 Continue\r\n\r\n".repeat(2000),
    ending: "stall",
    status: 502,
    log: /too big header/,
    cause: "head_too_big",
  },
  {
    name: "sends an unrequested 101",
    answer: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ending: "stall",
    status: 502,
    log: /unrequested 101/,
    cause: "unrequested_upgrade",
  },
  {
    name: "sends Content-Length and Transfer-Encoding",
    answer: `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok`,
    ending: "stall",
    status: 502,
    log: /"Content-Length" and "Transfer-Encoding"/,
    cause: "invalid_head",
  },
  {
    name: "sends two Content-Lengths",
    answer: `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`,
    ending: "stall",
    status: 502,
    log: /duplicate header/,
    cause: "invalid_head",
  },
  {
    name: "sends a Content-Length that is none",
    answer: `${OK}Content-Length: -2\r\n\r\nok`,
    ending: "stall",
    status: 502,
    log: /invalid "Content-Length"/,
    cause: "invalid_head",
  },
  {
    name: "sends more than its Content-Length",
    answer: `${OK}Content-Length: 2\r\n\r\nok HTTP/1.1 200 OK\r\n\r\n`,
    ending: "stall",
    status: 200,
    framing: "length",
    body: "ok",
    log: /more data than specified in "Content-Length"/,
  },
];

const conf = `
http {
  proxy_read_timeout 300ms;
  uwsgi_read_timeout 300ms;
  server { listen 127.0.0.1:%%PORT_HTTP%%; location / { proxy_pass http://127.0.0.1:%%ORIGIN%%; } location /text { return 200 "text\\n"; } }
  server { listen 127.0.0.1:%%PORT_UWSGI%%; location / { uwsgi_pass 127.0.0.1:%%ORIGIN%%; } location /text { return 200 "text\\n"; } }
}`;

let origin: ScriptedServer;
let server: RunningServer;
let filesAtStart = 0;

beforeAll(async () => {
  origin = await startScriptedServer((socket, text) => {
    const number = /\/fault\/(\d+)/.exec(text)?.[1];
    if (number !== undefined) misbehave(socket, FAULTS[Number(number)]);
  });
  server = await startForegate({ conf, values: { ORIGIN: origin.port } });
  await stillServes("HTTP");
  filesAtStart = openFiles(workerPid(server.pid));
});
afterAll(async () => {
  await waitUntil("the files of all faults to be closed", () => openFiles(workerPid(server.pid)) <= filesAtStart || undefined);
  await waitUntil("the connections of all faults to be closed", () => origin.open === 0 || undefined);
  await origin.stop();
});

describe.each(["HTTP", "UWSGI"])("an upstream's fault is reported and survived: %s", (portName) => {
  test.each(FAULTS.map((fault, number) => ({ ...fault, number })))("an upstream that $name", async (fault) => {
    const logged = server.errorLog().length;
    const { answers, rest, end } = await server.exchange(get(`/fault/${fault.number}`), { portName });
    expect(answers.map(({ status }) => status)).toEqual([fault.status]);
    expect(rest).toBe("");
    if (fault.framing !== undefined) expect(answers[0]?.framing).toBe(fault.framing);
    if (fault.body !== undefined) expect(answers[0]?.body).toBe(fault.body);
    expect(end).toBe(fault.framing?.startsWith("cut") === true ? "closed" : "kept");
    const line = await waitUntil(`${fault.log} in the error log`, () => linesSince(logged).find((text) => fault.log.test(text)), 3000);
    expect(line).toMatch(/upstream: "(?:http|uwsgi):\/\/127\.0\.0\.1:\d+/);
    if (fault.cause !== undefined) {
      expect(line).toContain(`cause: ${fault.cause}`);
      expect(line).toMatch(/remedy: ".+"/);
    }
    await stillServes(portName);
  });

  test("an upstream whose client leaves loses its connection", async () => {
    const open = origin.open;
    const client = await openClient(server.port(portName), get("/stall"));
    await waitUntil("the request at the upstream", () => origin.open > open || undefined);
    client.socket.destroy();
    await waitUntil("the upstream's connection to close", () => origin.open === open || undefined, 250);
  });
});

function misbehave(socket: Socket, fault: Fault | undefined): void {
  const finish = (): void => {
    if (fault?.ending === "close") socket.end();
    // What was sent must be read before the reset throws it away.
    if (fault?.ending === "reset") setTimeout(() => socket.resetAndDestroy(), 20);
  };
  if (fault === undefined || fault.answer === "") finish();
  else socket.write(fault.answer, "latin1", finish);
}

function linesSince(offset: number): readonly string[] {
  return server.errorLog().slice(offset).split("\n");
}

async function stillServes(portName: string): Promise<void> {
  const { answers } = await server.exchange(get("/text", "Connection: close"), { portName });
  expect(answers[0]?.body).toBe("text\n");
}

/** Hostile answers, over HTTP and uwsgi alike: floods, endless ones, and those that come too early. Each is ended, named and survived. */

import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { get, withContent } from "../differential/requests.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { HOSTILE_ANSWERS, type HostileAnswer } from "./hostile-answers.ts";
import { residentMemoryMb } from "./process-state.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

/** As many as are used one after the other: one, and one that the early answer leaves open for a moment. */
const KEPT_CONNECTIONS = 2;
const OK = "HTTP/1.1 200 OK\r\n";

const conf = `
http {
  proxy_read_timeout 300ms;
  uwsgi_read_timeout 300ms;
  server { listen 127.0.0.1:%%PORT_HTTP%%; location / { proxy_pass http://127.0.0.1:%%ORIGIN%%; } location /text { return 200 "text\\n"; } }
  server { listen 127.0.0.1:%%PORT_UWSGI%%; location / { uwsgi_pass 127.0.0.1:%%ORIGIN%%; } location /text { return 200 "text\\n"; } }
}`;

let origin: ScriptedServer;
let server: RunningServer;

beforeAll(async () => {
  origin = await startScriptedServer((socket, text) => {
    const number = /\/fault\/(\d+)/.exec(text)?.[1];
    if (number !== undefined) misbehave(socket, HOSTILE_ANSWERS[Number(number)]);
    else if (text.includes("/early")) socket.write(`${OK}Content-Length: 5\r\n\r\nearly`);
  });
  server = await startForegate({ conf, values: { ORIGIN: origin.port } });
});
afterAll(async () => {
  // Those that were well-behaved in the end may be kept for further requests.
  await waitUntil("the connections of all faults to be closed", () => origin.open <= KEPT_CONNECTIONS || undefined);
  expect(residentMemoryMb(server.pid)).toBeLessThan(200);
  await origin.stop();
});

describe.each(["HTTP", "UWSGI"])("an upstream's hostile answer is ended and survived: %s", (portName) => {
  test.each(faultsOf(portName))("an upstream that $name", async (fault) => {
    const logged = server.errorLog().length;
    const { answers, raw } = await server.exchange(get(`/fault/${fault.number}`), { portName });
    expect(answers.map(({ status }) => status)).toEqual([fault.status]);
    expect(raw).not.toContain("X-Forged");
    if (fault.framing !== undefined) expect(answers[0]?.framing).toBe(fault.framing);
    if (fault.body !== undefined) expect(answers[0]?.body).toBe(fault.body);
    const { log, cause } = fault;
    if (log !== undefined) await waitUntil(`${log} in the error log`, () => log.test(server.errorLog().slice(logged)) || undefined, 3000);
    if (cause !== undefined) expect(server.errorLog().slice(logged)).toContain(`cause: ${cause}`);
    const { answers: after } = await server.exchange(get("/text", "Connection: close"), { portName });
    expect(after[0]?.body).toBe("text\n");
  });

  test("an upstream that answers before it has the body is believed, and its connection not used again", async () => {
    const body = "x".repeat(8 << 10);
    for (let round = 0; round < 5; round++) {
      const { answers } = await server.exchange(withContent("POST", `/early/${round}`, body), { portName });
      expect(answers.map((answer) => answer.body)).toEqual(["early"]);
    }
  });
});

function faultsOf(portName: string): readonly (HostileAnswer & { readonly number: number })[] {
  return HOSTILE_ANSWERS.map((fault, number) => ({ ...fault, number })).filter(
    ({ protocol }) => protocol === undefined || protocol === portName,
  );
}

function misbehave(socket: Socket, fault: HostileAnswer | undefined): void {
  const { answer = "", ending } = fault ?? {};
  if (typeof answer === "string") socket.write(answer, "latin1", () => finish(socket, ending));
  else pour(socket, answer, 0);
}

function finish(socket: Socket, ending: HostileAnswer["ending"]): void {
  if (ending === "close") socket.end();
  // What was sent must be read before the reset throws it away.
  if (ending === "reset") setTimeout(() => socket.resetAndDestroy(), 20);
}

/** The first piece, and then the others again and again until the other side ends it. */
function pour(socket: Socket, pieces: readonly string[], at: number): void {
  if (socket.destroyed || !socket.writable) return;
  const piece = pieces[at === 0 ? 0 : 1 + ((at - 1) % Math.max(1, pieces.length - 1))] ?? pieces[0] ?? "";
  socket.write(piece, "latin1", () => setImmediate(() => pour(socket, pieces, at + 1)));
}

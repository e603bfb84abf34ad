/** The mixed load: each client does one kind of thing over and over until told to stop. */

import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { opcode, openWebSocket, type WebSocketClient } from "../integration/websocket-client.ts";
import { HttpConnection, RequestFailed } from "./http-connection.ts";
import type { Kind, Ledger } from "./ledger.ts";

export interface Load {
  readonly port: number;
  readonly ledger: Ledger;
  /** What there are backends for. */
  readonly kinds: readonly Kind[];
  /** Clients finish what they do, and end. */
  readonly stopping: AbortSignal;
}

interface Errand {
  readonly target: string;
  readonly connection: "kept" | "closed";
  readonly contentBytes: number;
}

/** Requests on a kept connection before the client takes a fresh one. */
const REQUESTS_EACH = 100;
const MESSAGES_EACH = 50;
const THINK_MS = 2;

const ERRANDS: Readonly<Record<Exclude<Kind, "websocket" | "uwsgi-websocket">, Errand>> = {
  static: { target: "/static/page.html", connection: "kept", contentBytes: 0 },
  "static-closing": { target: "/static/page.html", connection: "closed", contentBytes: 0 },
  proxy: { target: "/proxy/page", connection: "kept", contentBytes: 0 },
  uwsgi: { target: "/uwsgi/page", connection: "kept", contentBytes: 0 },
  upload: { target: "/uwsgi/echo", connection: "closed", contentBytes: 200_000 },
};

/** How many clients there are of each kind. */
const CLIENTS: Readonly<Record<Kind, number>> = {
  static: 3,
  "static-closing": 2,
  proxy: 3,
  uwsgi: 3,
  upload: 1,
  websocket: 3,
  "uwsgi-websocket": 2,
};
const ABORTING_CLIENTS = 2;

/** Resolves when all clients have ended. */
export async function runClients(load: Load): Promise<void> {
  const clients = load.kinds.flatMap((kind) => Array.from({ length: CLIENTS[kind] }, () => runClient(kind, load)));
  await Promise.all([...clients, ...Array.from({ length: ABORTING_CLIENTS }, () => runClient("aborting", load))]);
}

async function runClient(kind: Kind | "aborting", load: Load): Promise<void> {
  while (!load.stopping.aborted) {
    if (kind === "aborting") await abortOne(load);
    else if (kind === "websocket" || kind === "uwsgi-websocket") await talk(kind, load);
    else await run(kind, ERRANDS[kind], load);
    await pause(THINK_MS);
  }
}

/** Asks on one connection until it has served its time. */
async function run(kind: Kind, errand: Errand, { port, ledger, stopping }: Load): Promise<void> {
  let connection = new HttpConnection(port);
  const content = errand.contentBytes === 0 ? undefined : randomBytes(errand.contentBytes);
  const length = content === undefined ? "" : `Content-Length: ${content.length}\r\n`;
  const method = content === undefined ? "GET" : "POST";
  const head = `${method} ${errand.target} HTTP/1.1\r\nHost: soak.test\r\n${length}${errand.connection === "closed" ? "Connection: close\r\n" : ""}\r\n`;
  for (let i = 0; i < (errand.connection === "kept" ? REQUESTS_EACH : 1) && !stopping.aborted; i++) {
    if (!connection.isOpen) connection = new HttpConnection(port);
    try {
      await connection.ask(head, content);
      ledger.succeed(kind);
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      connection.close();
      const mayBeRepeated = connection.answers > 0 && !error.failure.hasAnswerBytes && content === undefined;
      ledger.fail(kind, { ...error.failure, mayBeRepeated });
    }
    await pause(THINK_MS);
  }
  connection.close();
}

/** A WebSocket whose messages must all come back. */
async function talk(kind: "websocket" | "uwsgi-websocket", { port, ledger, stopping }: Load): Promise<void> {
  const openedAtMs = performance.now();
  let client: WebSocketClient | undefined;
  try {
    client = await openWebSocket(port, `/${kind}/text`);
    for (let i = 0; i < MESSAGES_EACH && !stopping.aborted; i++) {
      const message = `${kind} ${i} `.repeat(1 + (i % 200));
      client.send(opcode.text, message);
      const { payload } = await client.next();
      if (payload.toString() !== message) throw new Error(`another message came back: ${payload.toString().slice(0, 80)}`);
      ledger.succeed(kind);
      await pause(THINK_MS * 5);
    }
  } catch (error) {
    const worker = Number(/^x-worker: (\d+)\r$/im.exec(client?.head ?? "")?.[1] ?? 0);
    const failure = { openedAtMs, failedAtMs: performance.now(), worker, hasAnswerBytes: client !== undefined, mayBeRepeated: false };
    ledger.fail(kind, { ...failure, reason: (error as Error).message });
  } finally {
    client?.socket.destroy();
  }
}

/** A client that leaves: amid its head, amid its body, or before it has read its answer. */
async function abortOne({ port, ledger }: Load): Promise<void> {
  const way = ledger.aborted++ % 3;
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => socket.destroy());
  if (way === 0) socket.write("GET /static/page.html HTTP/1.1\r\nHost:");
  else if (way === 1) socket.write("POST /uwsgi/echo HTTP/1.1\r\nHost: soak.test\r\nContent-Length: 100000\r\n\r\nonly this");
  else socket.write("GET /uwsgi/page HTTP/1.1\r\nHost: soak.test\r\n\r\nGET /proxy/page HTTP/1.1\r\nHost: soak.test\r\n\r\n");
  await pause(THINK_MS * 5);
  if (way === 1) socket.resetAndDestroy();
  else socket.destroy();
}

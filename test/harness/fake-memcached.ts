/** A scripted memcached: records the keys that are asked for and answers exact bytes. */

import { type AddressInfo, createServer, type Socket } from "node:net";

/** Bytes to answer; parts are written one after another, numbers are milliseconds between them; `ending` closes or resets the connection. */
export interface MemcachedAnswer {
  readonly parts: readonly (string | number)[];
  readonly ending?: "close" | "reset";
}

export interface FakeMemcached {
  /** 0 on a unix socket. */
  readonly port: number;
  /** Every key that was asked for, with the number of its connection, counted from 0. */
  readonly asked: readonly { readonly key: string; readonly connection: number }[];
  /** Connections accepted so far. */
  readonly connections: number;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What memcached answers for a value that it holds. */
export function valueAnswer(key: string, value: string, flags: number | string = 0): string {
  return `VALUE ${key} ${flags} ${value.length}\r\n${value}\r\nEND\r\n`;
}

export const NOT_FOUND = "END\r\n";

/** Listens on 127.0.0.1, on a port of the system's choice, or on the unix socket `path`. */
export async function startFakeMemcached(script: (key: string) => string | MemcachedAnswer, path?: string): Promise<FakeMemcached> {
  const asked: { key: string; connection: number }[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = connections++;
    sockets.add(socket);
    let pending = "";
    socket.on("data", (chunk) => {
      pending += chunk.toString("latin1");
      for (let end = pending.indexOf("\r\n"); end !== -1; end = pending.indexOf("\r\n")) {
        const line = pending.slice(0, end);
        pending = pending.slice(end + 2);
        if (!line.startsWith("get ")) {
          socket.write("ERROR\r\n");
          continue;
        }
        const key = line.slice(4);
        asked.push({ key, connection });
        const answer = script(key);
        void perform(socket, typeof answer === "string" ? { parts: [answer] } : answer);
      }
    });
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    if (path === undefined) server.listen(0, "127.0.0.1", resolve);
    else server.listen(path, resolve);
  });
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    port: path === undefined ? (server.address() as AddressInfo).port : 0,
    asked,
    get connections() {
      return connections;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function perform(socket: Socket, { parts, ending }: MemcachedAnswer): Promise<void> {
  for (const part of parts) {
    if (typeof part === "number") await new Promise((resolve) => setTimeout(resolve, part));
    else await new Promise((resolve) => socket.write(Buffer.from(part, "latin1"), resolve));
  }
  if (ending === "close") socket.end();
  if (ending === "reset") socket.resetAndDestroy();
}

/** A server on a raw socket whose script has the socket in hand: for faults that no sequence of bytes can express. */

import { type AddressInfo, createServer, type Socket } from "node:net";

export interface ScriptedServer {
  readonly port: number;
  /** What each connection brought so far, latin1, in the order of the connections. */
  readonly received: readonly string[];
  /** Connections that are open now. */
  readonly open: number;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Calls `script` for every connection, with what the connection brought at once; and again for what it brings later.
 * Listens on 127.0.0.1, on a port of the system's choice, or on the unix socket `path`.
 */
export async function startScriptedServer(script: (socket: Socket, text: string) => void, path?: string): Promise<ScriptedServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    const index = received.push("") - 1;
    sockets.add(socket);
    socket.on("data", (chunk) => {
      const text = chunk.toString("latin1");
      received[index] += text;
      script(socket, text);
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
    received,
    get open() {
      return sockets.size;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** A server that takes connections and says nothing unless a test makes it. */

import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** A port whose connections are taken and never answered; each socket as it comes. */
export async function startSilentServer(
  onConnection: (socket: Socket) => void = () => {},
): Promise<{ port: number; [Symbol.dispose](): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.dispose]: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

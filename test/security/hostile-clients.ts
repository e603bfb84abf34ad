/** Clients that send hostile bytes and close their side: as many a second as a machine bears. */

import { connect } from "node:net";

/** A server that never ends a connection whose client has closed its side would stall the whole run. */
const PATIENCE_MS = 2000;

/** Sends the bytes, says that no more will come, and resolves when the connection is over; true when it had to be cut. */
export function attackOnce(port: number, bytes: string): Promise<boolean> {
  return new Promise((resolve) => {
    let isCut = false;
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    const timer = setTimeout(() => {
      isCut = true;
      socket.destroy();
    }, PATIENCE_MS);
    socket.on("data", () => undefined);
    // Refused clients are often cut before they have sent all.
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(isCut);
    });
    socket.end(bytes, "latin1");
  });
}

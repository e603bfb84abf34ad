/** Ends a connection with a reset: what the system holds for it is free at once (nginx: reset_timedout_connection). */

import type { Socket } from "node:net";

/**
 * `wire` is the socket below TLS, or the same one. A reset is TCP's: a unix socket, or one whose end is on its way already, is only closed.
 */
export function resetSocket(socket: Socket, wire: Socket): void {
  const canReset = wire.remotePort !== undefined && !wire.destroyed && !wire.writableEnded && !socket.writableEnded;
  if (canReset) wire.resetAndDestroy();
  if (!socket.destroyed) socket.destroy();
}

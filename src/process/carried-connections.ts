/** Carries connections kept open to upstreams from workers that retire to those that follow: sockets go along with the messages between processes. */

import type { Socket } from "node:net";
import { ConnectionPool, type HandedConnection } from "../upstream/connection-pool.ts";
import type { ProcessServices } from "./services.ts";

/** What is told of a socket on its way. Connections over TLS cannot change the process, and end. */
export interface CarriedConnection extends Omit<HandedConnection, "socket"> {
  /** Key of its pool among shared values: a configuration without such an upstream has none. */
  readonly pool: string;
}

/** Settles when `send` has been called back for each of them. */
export async function handOverConnections(
  services: Pick<ProcessServices, "sharedEntries">,
  send: (connection: CarriedConnection, socket: Socket) => Promise<void>,
): Promise<void> {
  const sent: Promise<void>[] = [];
  for (const [pool, value] of services.sharedEntries()) {
    if (!(value instanceof ConnectionPool)) continue;
    for (const { socket, ...connection } of value.handOver()) sent.push(send({ pool, ...connection }, socket));
  }
  await Promise.all(sent);
}

/** A connection that no upstream asks for any more is closed. */
export function adoptConnection({ pool: key, ...connection }: CarriedConnection, socket: Socket, services: ProcessServices): void {
  const pool = services.sharedEntries().get(key);
  if (pool instanceof ConnectionPool) pool.adopt({ ...connection, socket }, services);
  else socket.destroy();
}

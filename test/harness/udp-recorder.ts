/** A UDP socket on the loopback interface that keeps what it is sent: a syslog server for tests. */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { waitUntil } from "./wait-until.ts";

export interface UdpRecorder {
  readonly port: number;
  /** Datagrams as latin1 text, in the order in which they came. */
  readonly received: readonly string[];
  /** Resolves once that many have come. */
  receive(count: number): Promise<void>;
  close(): Promise<void>;
}

/** `port` 0 lets the system choose. */
export async function recordUdp(port = 0): Promise<UdpRecorder> {
  const socket = createSocket("udp4");
  const received: string[] = [];
  socket.on("message", (bytes) => received.push(bytes.toString("latin1")));
  socket.bind(port, "127.0.0.1");
  await once(socket, "listening");
  return {
    port: socket.address().port,
    received,
    receive: (count) => waitUntil(`${count} datagrams`, () => received.length >= count || undefined).then(() => undefined),
    close: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}

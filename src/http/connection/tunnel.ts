/** Raw bytes both ways between a client and an upstream after a 101 (nginx: ngx_http_upstream_process_upgraded). */

import type { Socket } from "node:net";
import type { TunnelEnd } from "../exchange.ts";

export interface TunnelWatcher {
  countSent(bytes: number): void;
  /** Both directions are over. Called once. */
  ended(): void;
}

/** Takes the client's socket over. `early` is what the client sent behind its request. */
export function startTunnel(client: Socket, upstream: TunnelEnd, early: Buffer | undefined, watcher: TunnelWatcher): void {
  let isOver = false;
  const finish = (): void => {
    if (isOver) return;
    isOver = true;
    upstream.onData = undefined;
    upstream.onEnd = undefined;
    upstream.onDrain = undefined;
    upstream.destroy();
    client.destroySoon();
    watcher.ended();
  };
  client.removeAllListeners("data");
  client.removeAllListeners("end");
  client.removeAllListeners("drain");
  client.on("data", (chunk) => {
    if (!upstream.write(chunk)) client.pause();
  });
  client.on("drain", () => upstream.resume());
  client.on("end", finish);
  client.on("close", finish);
  upstream.onDrain = () => client.resume();
  upstream.onData = (chunk) => {
    watcher.countSent(chunk.length);
    client.write(Buffer.from(chunk));
    return client.writableLength < client.writableHighWaterMark;
  };
  upstream.onEnd = finish;
  if (early !== undefined) upstream.write(early);
  client.resume();
  upstream.resume();
}

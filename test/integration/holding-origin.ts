/** An application that answers what ends in /hold only when it is told to. */

import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface HoldingOrigin extends AsyncDisposable {
  readonly port: number;
  /** Requests that wait for their answer. */
  readonly held: () => number;
  /** As many as this have waited at once. */
  readonly most: () => number;
  /** Answers them. */
  readonly release: () => void;
}

export async function startHoldingOrigin(host = "127.0.0.1"): Promise<HoldingOrigin> {
  const held = new Set<ServerResponse>();
  let most = 0;
  const server = createServer((request, response) => {
    if (request.url?.endsWith("/hold") !== true) {
      response.end("answer");
      return;
    }
    held.add(response);
    most = Math.max(most, held.size);
    response.once("close", () => held.delete(response));
  }).listen(0, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    held: () => held.size,
    most: () => most,
    release: () => {
      for (const response of held) response.end("answer");
      held.clear();
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

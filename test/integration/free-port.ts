/** A port of 127.0.0.1 that nobody listens on, for addresses that appear while a server runs. */

import { createServer } from "node:net";

export function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

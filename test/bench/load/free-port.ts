/** A TCP port that the system gives. */
import { once } from "node:events";
import { createServer } from "node:net";

/** A port on 127.0.0.1 free at this moment; a server that finds it taken fails its verification. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new TypeError("Cannot learn the port of a TCP listener");
  return address.port;
}

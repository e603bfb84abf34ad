/** Makes two servers' texts comparable: what names the server, its ports, its directory or the time is replaced. */

import type { RunningServer } from "../harness/running-server.ts";

/** The text with the server's name, directory, ports and boundaries replaced by fixed words. */
export function maskText(text: string, server: Pick<RunningServer, "dir" | "ports">): string {
  // The directory first: its own name holds the server's.
  let masked = text
    .replaceAll(server.dir, "DIR")
    .replace(/nginx\/[\d.]+|(?<=^|<center>)nginx(?=$|<\/center>)|foregate(?:\/[\d.]+)?/g, "SERVER")
    .replace(/(?<=boundary=|--)\d{20}/g, "BOUNDARY");
  for (const [name, port] of server.ports) masked = masked.replaceAll(String(port), name === "" ? "PORT" : `PORT_${name}`);
  return masked;
}

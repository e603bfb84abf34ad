/** Asks a server with the openssl command: it offers exactly what it is told to, and says what was agreed on. */

import { spawn } from "node:child_process";
import { getText } from "./tls-client.ts";

export interface OpensslRequest {
  readonly port: number;
  readonly servername: string;
  /** Of `openssl s_client`. */
  readonly options: readonly string[];
  readonly path?: string;
}

export interface OpensslAnswer {
  /** Of the answer's body; "" without an answer. */
  readonly firstLine: string;
  /** The group that keys were exchanged in, by OpenSSL's short name; "" without one. */
  readonly curve: string;
  /** How the server signed, as "RSA-PSS SHA256"; "" where it did not. */
  readonly signature: string;
}

/** Rejects where the command cannot be started. */
export async function askOpenssl({ port, servername, options, path }: OpensslRequest): Promise<OpensslAnswer> {
  const args = ["s_client", "-connect", `127.0.0.1:${port}`, "-servername", servername, "-ign_eof", ...options];
  const client = spawn("openssl", args, { stdio: ["pipe", "pipe", "ignore"] });
  const pieces: Buffer[] = [];
  client.stdout.on("data", (chunk: Buffer) => pieces.push(chunk));
  // A handshake that fails ends it before it has read.
  client.stdin.on("error", () => client.stdin.destroy());
  client.stdin.end(getText(servername, path));
  await new Promise((resolve, reject) => {
    client.on("error", reject);
    client.on("close", resolve);
  });
  const text = Buffer.concat(pieces).toString("latin1");
  const line = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
  const [, body = ""] = text.split("\r\n\r\n");
  const signing = [line("Peer signature type"), line("Peer signing digest")].join(" ").trim();
  return {
    firstLine: body.split("\n")[0] ?? "",
    curve: /^(?:ECDH, )?(.*), \d+ bits$/.exec(line("Server Temp Key"))?.[1] ?? "",
    signature: signing,
  };
}

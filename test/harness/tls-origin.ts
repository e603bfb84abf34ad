/** An HTTP origin behind TLS that answers with what it learnt in the handshake, and a port that speaks before it is spoken to. */

import { readFileSync } from "node:fs";
import { type AddressInfo, createServer as createPlainServer, type Server, type Socket } from "node:net";
import { createServer, type TLSSocket, type TlsOptions } from "node:tls";
import type { CertificatePair } from "./certificates.ts";

export interface TlsOrigin {
  readonly port: number;
  /** Connections accepted so far, whatever became of their handshake. */
  readonly connections: number;
  /** Handshakes that were done. */
  readonly handshakes: readonly Handshake[];
  /** What the clients sent in the clear before TLS (PROXY protocol), a text for each connection. */
  readonly prefaces: readonly string[];
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Handshake {
  /** SNI; "" when none was sent. */
  readonly serverName: string;
  /** Common name of the client's certificate; "" without one. */
  readonly client: string;
  readonly reused: boolean;
  readonly protocol: string;
  readonly alpn: string;
}

export interface TlsOriginOptions extends TlsOptions {
  readonly path?: string;
  /** Text in the clear goes first, up to the first line end. */
  readonly hasPreface?: boolean;
  /** What to do on a secured connection; echoing the handshake by default. */
  readonly serve?: (socket: TLSSocket, handshake: Handshake) => void;
}

/** Listens on 127.0.0.1, on a port of the system's choice, or on a unix socket. */
export async function startTlsOrigin(pair: CertificatePair, options: TlsOriginOptions = {}): Promise<TlsOrigin> {
  const { path, hasPreface = false, serve = echoHandshake, ...tls } = options;
  const handshakes: Handshake[] = [];
  const prefaces: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const secure = createServer({ cert: readFileSync(pair.certificate), key: readFileSync(pair.key), ...tls }, (socket) => {
    const handshake = describeHandshake(socket);
    handshakes.push(handshake);
    socket.on("error", () => socket.destroy());
    serve(socket, handshake);
  });
  secure.on("tlsClientError", () => undefined);
  const server = createPlainServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    if (!hasPreface) secure.emit("connection", socket);
    else
      takeLine(socket, (line) => {
        prefaces.push(line);
        secure.emit("connection", socket);
      });
  });
  await listen(server, path);
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    port: path === undefined ? (server.address() as AddressInfo).port : 0,
    get connections() {
      return connections;
    },
    handshakes,
    prefaces,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Writes `bytes` to every connection before it has said anything, and reads nothing. */
export async function startEagerServer(bytes: string): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createPlainServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.write(Buffer.from(bytes, "latin1"));
  });
  await listen(server);
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, stop };
}

function echoHandshake(socket: TLSSocket, handshake: Handshake): void {
  let pending = "";
  socket.on("data", (chunk: Buffer) => {
    pending += chunk.toString("latin1");
    while (pending.includes("\r\n\r\n")) {
      pending = pending.slice(pending.indexOf("\r\n\r\n") + 4);
      const { reused: _, ...seen } = handshake;
      const body = JSON.stringify(seen);
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    }
  });
}

function describeHandshake(socket: TLSSocket): Handshake {
  const subject = socket.getPeerCertificate().subject as { readonly CN?: string } | undefined;
  // Node says false for no SNI and for no ALPN.
  const serverName = (socket as TLSSocket & { readonly servername?: string | false }).servername;
  return {
    serverName: serverName === false || serverName === undefined ? "" : serverName,
    client: subject?.CN ?? "",
    reused: socket.isSessionReused(),
    protocol: socket.getProtocol() ?? "",
    alpn: socket.alpnProtocol === false || socket.alpnProtocol === null ? "" : socket.alpnProtocol,
  };
}

/** Takes the first line out of the stream; what is behind it stays there. */
function takeLine(socket: Socket, taken: (line: string) => void): void {
  let text = Buffer.alloc(0);
  const read = (): void => {
    for (let octet = socket.read(1) as Buffer | null; octet !== null; octet = socket.read(1) as Buffer | null) {
      text = Buffer.concat([text, octet]);
      if (octet[0] !== 0x0a) continue;
      socket.off("readable", read);
      taken(text.toString("latin1"));
      return;
    }
  };
  socket.on("readable", read);
}

function listen(server: Server, path?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    if (path === undefined) server.listen(0, "127.0.0.1", resolve);
    else server.listen(path, resolve);
  });
}

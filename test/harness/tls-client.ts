/** A client that asks one thing over TLS, and tells what was agreed on as well as what came back. */

import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { type Answer, readAnswers } from "./answers.ts";

export interface TlsRequest extends ConnectionOptions {
  readonly port: number;
  /** Sent as it is, latin1; `GET / HTTP/1.1` for `servername`, or localhost, by default. */
  readonly request?: string;
}

export interface TlsAnswer {
  /** Undefined when the connection ended without one. */
  readonly answer: Answer | undefined;
  /** Node's or OpenSSL's word for how the connection failed; "" when it did not. */
  readonly error: string;
  readonly protocol: string | null;
  readonly alpn: string | false | null;
  /** CN of the server's certificate, and what its key is. */
  readonly certificate: string;
  readonly isReused: boolean;
  /** The last session the server gave. */
  readonly session: Buffer | undefined;
  readonly ocspResponse: Buffer | undefined;
}

/** A request that ends its connection. */
export function getText(host: string, path = "/", fields = ""): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${fields}Connection: close\r\n\r\n`;
}

/** Connects to 127.0.0.1 without verifying the server, asks, and reads to the end. Never rejects. */
export function askTls({ request, ...options }: TlsRequest): Promise<TlsAnswer> {
  const text = request ?? getText(options.servername ?? "localhost");
  return new Promise((resolve) => {
    const socket: TLSSocket = connect({ host: "127.0.0.1", rejectUnauthorized: false, ...options });
    const pieces: Buffer[] = [];
    const found: { -readonly [K in keyof TlsAnswer]?: TlsAnswer[K] } = {};
    let error = "";
    socket.on("secureConnect", () => {
      const certificate = socket.getPeerX509Certificate();
      found.protocol = socket.getProtocol();
      found.alpn = socket.alpnProtocol;
      found.certificate = `${certificate?.subject} ${certificate?.publicKey.asymmetricKeyType}`;
      found.isReused = socket.isSessionReused();
      socket.write(text, "latin1");
    });
    socket.on("session", (session) => {
      found.session = session;
    });
    socket.on("OCSPResponse", (response) => {
      found.ocspResponse = response;
    });
    socket.on("data", (chunk) => pieces.push(chunk));
    socket.on("error", (cause: NodeJS.ErrnoException) => {
      error = cause.code ?? cause.message;
    });
    socket.on("close", () => {
      const [answer] = readAnswers(Buffer.concat(pieces).toString("latin1"), ["GET"], true).answers;
      resolve({
        protocol: null,
        alpn: null,
        certificate: "",
        isReused: false,
        session: undefined,
        ocspResponse: undefined,
        ...found,
        answer,
        error,
      });
    });
  });
}

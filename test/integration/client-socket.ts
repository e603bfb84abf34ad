/** A client's bare socket, for tests that decide themselves when to read, to stop and to vanish. */

import { connect, type Socket } from "node:net";

export interface ClientSocket {
  readonly socket: Socket;
  /** What came so far, latin1. */
  readonly received: string;
  /** Resolves once the pattern has come; rejects when the connection ends before. */
  arrival(pattern: RegExp): Promise<void>;
  /** Resolves when the connection is over on both sides; `error` is the system's word for a cut, "" for none. */
  readonly closed: Promise<{ readonly error: string }>;
}

/** Connects to 127.0.0.1 and sends `text`. Reads at once unless told to `hold`. */
export async function openClient(port: number, text = "", reading: "reads" | "holds" = "reads"): Promise<ClientSocket> {
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true, noDelay: true });
  const pieces: string[] = [];
  let error = "";
  let look = (): void => {};
  if (reading === "reads") {
    socket.on("data", (chunk) => {
      pieces.push(chunk.toString("latin1"));
      look();
    });
  }
  // The server is done: so are we.
  socket.on("end", () => socket.end());
  socket.on("error", (cause: NodeJS.ErrnoException) => {
    error = cause.code ?? cause.message;
  });
  const closed = new Promise<{ error: string }>((resolve) => socket.once("close", () => resolve({ error })));
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  if (text !== "") socket.write(text, "latin1");
  return {
    socket,
    closed,
    get received() {
      return pieces.join("");
    },
    arrival: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (pattern.test(pieces.join(""))) resolve();
        };
        look();
        void closed.then(() => reject(new Error(`The connection ended before ${pattern} came; got "${pieces.join("").slice(0, 500)}"`)));
      }),
  };
}

/** A client whose connection stays open for as long as the test wants it. */

import { connect } from "node:net";

export interface OpenClient {
  readonly send: (bytes: string) => void;
  /** Leaves. */
  readonly close: () => void;
  /** Resolves with everything received so far once that matches; rejects when the connection ends before. */
  readonly receive: (pattern: RegExp) => Promise<string>;
  /** Resolves with everything received, and the error's message where there was one, when the connection has ended. */
  readonly closed: Promise<string>;
}

export function openClient(port: number): OpenClient {
  let input = "";
  let look = (): void => {};
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  socket.on("data", (text: string) => {
    input += text;
    look();
  });
  socket.on("error", (error) => {
    input += error.message;
  });
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve(input)));
  return {
    send: (bytes) => void socket.write(bytes, "latin1"),
    close: () => void socket.destroy(),
    receive: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (pattern.test(input)) resolve(input);
        };
        look();
        void closed.then(() => reject(new Error(`The connection ended before ${pattern} came: ${JSON.stringify(input)}`)));
      }),
    closed,
  };
}

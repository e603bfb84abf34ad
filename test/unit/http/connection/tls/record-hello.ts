/** The bytes that a real TLS client begins with. */

import { Duplex } from "node:stream";
import { type ConnectionOptions, connect } from "node:tls";

/** Resolves to the first flight of a client with these options. */
export function recordHello(options: ConnectionOptions): Promise<Buffer> {
  return new Promise((resolve) => {
    const wire = new Duplex({
      read: () => undefined,
      write(chunk: Buffer, _encoding, done) {
        done();
        resolve(chunk);
        setImmediate(() => client.destroy());
      },
    });
    const client = connect({ socket: wire, ...options });
    client.on("error", () => undefined);
  });
}

/** Puts the handshake message of `hello` into records of `bytes` each. */
export function splitRecords(hello: Buffer, bytes: number): Buffer {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += bytes) {
    const piece = message.subarray(at, at + bytes);
    const head = Buffer.from(hello.subarray(0, 5));
    head.writeUInt16BE(piece.length, 3);
    records.push(head, piece);
  }
  return Buffer.concat(records);
}

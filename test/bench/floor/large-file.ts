/** A file too large for memory, read and written in turns with two buffers. */
import { close, fstat, open, read } from "node:fs";
import type { Socket } from "node:net";

const BUFFER_BYTES = 512 * 1024;

/** Answers with the file at `path`. A file that cannot be read throws, and ends the sketch. */
export function sendLargeFile(client: Socket, path: string): void {
  open(path, (error, fd) => {
    if (error !== null) throw error;
    fstat(fd, (failure, { size }) => {
      if (failure !== null) throw failure;
      client.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${size}\r\n\r\n`, "latin1");
      sendParts(client, fd);
    });
  });
}

/** While one buffer is on its way to the socket, the other is filled. */
function sendParts(client: Socket, fd: number): void {
  const buffers = [Buffer.allocUnsafe(BUFFER_BYTES), Buffer.allocUnsafe(BUFFER_BYTES)] as const;
  let reading: 0 | 1 = 0;
  let isWriting = false;
  let filled = -1;

  const fill = (): void => {
    read(fd, buffers[reading], 0, BUFFER_BYTES, null, (error, length) => {
      if (error !== null) throw error;
      filled = length;
      if (!isWriting) send();
    });
  };
  const send = (): void => {
    if (filled === 0 || client.destroyed) return void close(fd);
    const part = buffers[reading].subarray(0, filled);
    reading = reading === 0 ? 1 : 0;
    filled = -1;
    isWriting = true;
    client.write(part, () => {
      isWriting = false;
      if (filled !== -1) send();
    });
    fill();
  };
  fill();
}

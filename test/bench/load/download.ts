/** One connection that reads large bodies as fast as they come: wrk's 8 KB buffer would be slower than the servers. */
import { connect } from "node:net";
import type { LoadReport } from "./load-report.ts";

/** A larger one is no faster on loopback (measured with 1 MB); 64 KB is a third slower. */
const BUFFER_BYTES = 256 * 1024;
const HEAD_END = "\r\n\r\n";
const HEAD_BYTES_MAX = 16 * 1024;
/** A server that sends nothing for so long has failed. */
const SILENCE_MS = 10_000;

/** Where the reader is: `head` is the unfinished head, `left` what is missing of the body. */
interface Progress {
  head: string;
  left: number;
}

/** Asks for `path` again and again until `seconds` are over; only the whole bodies of that time count. */
export function runDownload(port: number, path: string, seconds: number, signal: AbortSignal): Promise<LoadReport> {
  const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  return new Promise((resolve, reject) => {
    const progress: Progress = { head: "", left: 0 };
    const times: number[] = [];
    let bytes = 0;
    const startedAt = performance.now();
    let askedAt = startedAt;

    const read = (length: number, buffer: Uint8Array): boolean => {
      bytes += length;
      try {
        if (!advance(progress, Buffer.from(buffer.buffer, buffer.byteOffset, length))) return true;
      } catch (error) {
        socket.destroy(error as Error);
        return true;
      }
      const now = performance.now();
      times.push(now - askedAt);
      if (now - startedAt >= seconds * 1000) finish(now - startedAt);
      else {
        askedAt = now;
        socket.write(request, "latin1");
      }
      return true;
    };
    const finish = (elapsedMs: number): void => {
      socket.destroy();
      const slowest = [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
      resolve({
        requests: times.length,
        bytes,
        microseconds: elapsedMs * 1000,
        p99Microseconds: slowest * 1000,
        errors: 0,
        wrongStatus: 0,
      });
    };
    const socket = connect({ host: "127.0.0.1", port, onread: { buffer: Buffer.allocUnsafe(BUFFER_BYTES), callback: read } });
    socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error(`no byte for ${SILENCE_MS} ms`)));
    socket.on("error", reject);
    const interrupt = () => socket.destroy(new Error("interrupted"));
    signal.addEventListener("abort", interrupt, { once: true });
    socket.on("close", () => {
      signal.removeEventListener("abort", interrupt);
      // After finish() the promise has settled and this changes nothing.
      reject(new Error("the connection closed within a body"));
    });
    socket.write(request, "latin1");
  });
}

/** Whether `chunk` ends a body. Throws when it is not the next part of an answer 200 with a Content-Length. */
function advance(progress: Progress, chunk: Buffer): boolean {
  let body = chunk.length;
  if (progress.left === 0) {
    const text = progress.head + chunk.toString("latin1");
    const end = text.indexOf(HEAD_END);
    if (end === -1 && text.length > HEAD_BYTES_MAX) throw new Error(`Cannot find the end of a head in ${text.length} bytes`);
    if (end === -1) {
      progress.head = text;
      return false;
    }
    const head = text.slice(0, end);
    const length = /^HTTP\/1\.1 200 .*\r\ncontent-length: *(\d+)/is.exec(head)?.[1];
    if (length === undefined) throw new Error(`Cannot read the answer: ${head}`);
    progress.head = "";
    progress.left = Number(length);
    body = text.length - end - HEAD_END.length;
  }
  if (body > progress.left) throw new Error("more bytes than the body has");
  progress.left -= body;
  return progress.left === 0;
}

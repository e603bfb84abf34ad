/** The floor: the least that node:net needs for one HTTP/1.1 answer from memory. It is no web server. */
import { createServer, type Server, type Socket } from "node:net";

const HEAD_END = "\r\n\r\n";
/** Longest unfinished request head kept, 8 KB as nginx's large_client_header_buffers. */
const HEAD_BYTES_MAX = 8192;
const DATE_REFRESH_MS = 1000;

/** Answers every request on `port` of 127.0.0.1 with `body`, in the order the requests came. */
export function serveFloor(port: number, body: string): Server {
  let answer = renderAnswer(body);
  setInterval(() => {
    answer = renderAnswer(body);
  }, DATE_REFRESH_MS).unref();

  return createServer({ noDelay: true }, (socket: Socket) => {
    let rest = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      const text = rest + chunk.toString("latin1");
      let answers = "";
      let start = 0;
      for (let end = text.indexOf(HEAD_END); end !== -1; end = text.indexOf(HEAD_END, start)) {
        if (!text.startsWith("GET /", start)) return void socket.destroy();
        answers += answer;
        start = end + HEAD_END.length;
      }
      rest = text.slice(start);
      if (rest.length > HEAD_BYTES_MAX) return void socket.destroy();
      if (answers !== "") socket.write(answers, "latin1");
    });
  }).listen(port, "127.0.0.1");
}

function renderAnswer(body: string): string {
  return [
    "HTTP/1.1 200 OK",
    `Date: ${new Date().toUTCString()}`,
    "Content-Type: text/plain",
    `Content-Length: ${body.length}`,
    "Connection: keep-alive",
    `\r\n${body}`,
  ].join("\r\n");
}

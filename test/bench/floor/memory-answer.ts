/** One HTTP/1.1 answer from memory, the same to every request. */
import type { Socket } from "node:net";
import { onRequest } from "./on-request.ts";

const DATE_REFRESH_MS = 1000;

/** Answers each request of a connection with `body`, in the order the requests came. */
export function answerAtOnce(body: string): (client: Socket) => void {
  let answer = renderAnswer(body);
  setInterval(() => {
    answer = renderAnswer(body);
  }, DATE_REFRESH_MS).unref();
  return (client) => onRequest(client, () => client.write(answer, "latin1"));
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

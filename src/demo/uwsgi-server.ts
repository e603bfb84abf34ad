/** A small uwsgi server for trying foregate out: reads the real packet, waits for the body, and shows what it got. */

import { createServer, type Server, type Socket } from "node:net";
import { decodePacket, type UwsgiPacket } from "../upstream/uwsgi/packet.ts";
import { renderVarsPage } from "./vars-page.ts";

/** Enough for a form; a real application would stream it. */
const BODY_BYTES_MAX = 64 * 1024;
/** The largest var block and its head. */
const PACKET_BYTES_MAX = 65_539;
/** uWSGI's own --socket-timeout. */
const IDLE_MS_MAX = 4000;

/** Not listening yet. */
export function createUwsgiServer(): Server {
  return createServer((socket) => serve(socket));
}

function serve(socket: Socket): void {
  let received = "";
  socket.setEncoding("latin1");
  socket.setTimeout(IDLE_MS_MAX, () => socket.destroy());
  // A proxy may go away at any time.
  socket.on("error", () => socket.destroy());
  socket.on("data", (text: string) => {
    received += text;
    const packet = decodePacket(received);
    const bytesMax = PACKET_BYTES_MAX + BODY_BYTES_MAX;
    if (packet === undefined) {
      if (received.length > bytesMax) socket.destroy();
      return;
    }
    const bodyBytes = Math.min(contentLengthOf(packet), BODY_BYTES_MAX);
    if (received.length < packet.end + bodyBytes) return;
    socket.removeAllListeners("data");
    socket.end(answer(packet, received.slice(packet.end, packet.end + bodyBytes)), "latin1");
  });
}

function answer(packet: UwsgiPacket, body: string): string {
  const page = Buffer.from(renderVarsPage(packet, body)).toString("latin1");
  const isHead = packet.vars.some(([name, value]) => name === "REQUEST_METHOD" && value === "HEAD");
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${page.length}\r\nCache-Control: no-store\r\n\r\n`;
  return isHead ? head : head + page;
}

function contentLengthOf({ vars }: UwsgiPacket): number {
  const value = vars.find(([name]) => name === "CONTENT_LENGTH")?.[1] ?? "";
  return /^\d{1,15}$/.test(value) ? Number(value) : 0;
}

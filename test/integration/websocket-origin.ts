/** A WebSocket server on a raw socket, behind proxy_pass: echoes messages, frame by frame, and answers pings and closes. */

import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";
import { acceptFor, encodeFrame, type Frame, FrameReader, opcode } from "./websocket-client.ts";

/** Requests that it got stand in `received`. A target that ends in "/no" is refused with 403. */
export async function startWebSocketOrigin(): Promise<ScriptedServer> {
  const readers = new WeakMap<object, FrameReader>();
  return startScriptedServer((socket, text) => {
    const reader = readers.get(socket);
    if (reader !== undefined) {
      for (const frame of reader.push(Buffer.from(text, "latin1"))) {
        socket.write(answerTo(frame));
        if (frame.opcode === opcode.close) socket.end();
      }
      return;
    }
    const key = /^Sec-WebSocket-Key: (.*)\r$/im.exec(text)?.[1];
    if (key === undefined || !/^Upgrade: websocket\r$/im.test(text) || text.startsWith("GET /no ")) {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n");
      return;
    }
    readers.set(socket, new FrameReader());
    const fields = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${acceptFor(key)}`];
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields.join("\r\n")}\r\n\r\n`);
  });
}

function answerTo(frame: Frame): Buffer {
  return encodeFrame(frame.opcode === opcode.ping ? opcode.pong : frame.opcode, frame.payload, "server", frame.isFinal);
}

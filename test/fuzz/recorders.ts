/** Origins that record what a front server sends them and hold it to the letter: one speaks HTTP, one uwsgi. */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { decodeUwsgiPacket, varOf } from "../harness/uwsgi-packet.ts";
import { readStrictRequest } from "./strict-request.ts";

export interface Recorder {
  readonly port: number;
  /** One line for every request that came whole: request line (or method and URI) and body. */
  readonly requests: string[];
  /** What no front server may send, with the bytes around it. */
  readonly faults: string[];
  stop(): Promise<void>;
}

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok";

export function startHttpRecorder(): Promise<Recorder> {
  return startRecorder((socket, recorder) => {
    let text = "";
    return (chunk) => {
      text += chunk.toString("latin1");
      for (;;) {
        const read = readStrictRequest(text, 0);
        if (read === undefined) return;
        if ("fault" in read) {
          recorder.faults.push(`${read.fault} in ${JSON.stringify(text)}`);
          socket.destroy();
          return;
        }
        recorder.requests.push(`${read.line} ${JSON.stringify(read.body)}`);
        text = text.slice(read.end);
        socket.write(read.line.startsWith("HEAD ") ? ANSWER.slice(0, -2) : ANSWER);
      }
    };
  });
}

export function startUwsgiRecorder(): Promise<Recorder> {
  return startRecorder((socket, recorder) => {
    let bytes = Buffer.alloc(0);
    return (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      const packet = decodeUwsgiPacket(bytes);
      if (packet === undefined) return;
      const length = varOf(packet, "CONTENT_LENGTH") ?? "";
      const body = bytes.toString("latin1", 4 + packet.datasize);
      const names = packet.vars.map(([name]) => name);
      const repeated = names.find((name, index) => names.indexOf(name) !== index);
      const fault =
        packet.malformed !== ""
          ? "vars that cannot be read"
          : !/^\d*$/.test(length)
            ? `CONTENT_LENGTH ${JSON.stringify(length)}`
            : body.length > Number(length)
              ? "more body than CONTENT_LENGTH"
              : repeated === undefined
                ? undefined
                : `${repeated} twice`;
      if (fault !== undefined) recorder.faults.push(`${fault} in ${JSON.stringify(bytes.toString("latin1"))}`);
      else if (body.length < Number(length)) return;
      else recorder.requests.push(`${varOf(packet, "REQUEST_METHOD")} ${varOf(packet, "REQUEST_URI")} ${JSON.stringify(body)}`);
      socket.end(ANSWER);
    };
  });
}

async function startRecorder(open: (socket: Socket, recorder: Recorder) => (chunk: Buffer) => void): Promise<Recorder> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("data", open(socket, recorder));
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const recorder: Recorder = {
    port: (server.address() as AddressInfo).port,
    requests: [],
    faults: [],
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return recorder;
}

/** The same uwsgi packet again and again, a connection each as the protocol wants it (https://uwsgi-docs.readthedocs.io/en/latest/Protocol.html). */
import { connect, type NetConnectOpts, type Socket } from "node:net";
import { onRequest } from "./on-request.ts";

/** Passes each answer on as it comes: uWSGI begins it with an HTTP status line. */
export function createUwsgiExchange(place: NetConnectOpts, path: string): (client: Socket) => void {
  const packet = encodePacket({
    QUERY_STRING: "",
    REQUEST_METHOD: "GET",
    REQUEST_URI: path,
    PATH_INFO: path,
    SERVER_PROTOCOL: "HTTP/1.1",
    REMOTE_ADDR: "127.0.0.1",
    SERVER_NAME: "localhost",
    SERVER_PORT: "80",
    HTTP_HOST: "localhost",
  });
  return (client) =>
    onRequest(client, () => {
      const application = connect(place);
      application.on("data", (chunk: Buffer) => client.write(chunk));
      application.write(packet);
    });
}

function encodePacket(vars: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(vars).flatMap(([name, value]) => [sized(name), sized(value)]);
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(body.length, 1);
  return Buffer.concat([head, body]);
}

function sized(text: string): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16LE(text.length);
  return Buffer.concat([size, Buffer.from(text, "latin1")]);
}

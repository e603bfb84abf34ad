/** A name server on UDP that knows what a test tells it (RFC 1035): A records, and silence on demand. */

import { createSocket } from "node:dgram";
import type { AddressInfo } from "node:net";

export interface DnsServer {
  readonly port: number;
  /** IPv4 addresses by name; a name that is not here does not exist. */
  readonly names: Map<string, readonly string[]>;
  /** Seconds that answers live. */
  ttl: number;
  /** RCODE of every answer; 0: as the names say; undefined: no answer. */
  code: number | undefined;
  /** Names asked for, in order, with the type: "app.test 1". */
  readonly asked: readonly string[];
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const TYPE_A = 1;
const NXDOMAIN = 3;
const HEADER_BYTES = 12;

export async function startDnsServer(names: Readonly<Record<string, readonly string[]>> = {}): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const asked: string[] = [];
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const stop = (): Promise<void> => new Promise((resolve) => socket.close(resolve));
  const server: DnsServer = {
    port: (socket.address() as AddressInfo).port,
    names: new Map(Object.entries(names)),
    ttl: 60,
    code: 0,
    asked,
    stop,
    [Symbol.asyncDispose]: stop,
  };
  socket.on("message", (query, sender) => {
    const { name, type, end } = readQuestion(query);
    asked.push(`${name} ${type}`);
    if (server.code === undefined) return;
    const addresses = server.names.get(name);
    const code = server.code === 0 && addresses === undefined ? NXDOMAIN : server.code;
    const answers = code === 0 && type === TYPE_A ? (addresses ?? []) : [];
    socket.send(writeAnswer(query, end, code, answers, server.ttl), sender.port, sender.address);
  });
  return server;
}

function readQuestion(query: Buffer): { readonly name: string; readonly type: number; readonly end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function writeAnswer(query: Buffer, questionEnd: number, code: number, addresses: readonly string[], ttl: number): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((address) => {
    const record = Buffer.alloc(16);
    // The name is that of the question.
    record.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
    record.writeUInt16BE(TYPE_A, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(ttl, 6);
    record.writeUInt16BE(4, 10);
    for (const [index, octet] of address.split(".").entries()) record[12 + index] = Number(octet);
    return record;
  });
  return Buffer.concat([head, query.subarray(HEADER_BYTES, questionEnd), ...records]);
}

/** The socket that a client of a URL reaches, found as the system would: by path, or by port and address. */

import type { CompiledHosts, CompiledSocket, Snapshot } from "../../boot/snapshot.ts";
import { findServer } from "../../http/routing/virtual-server.ts";
import type { UrlAddress } from "./explained-url.ts";

export interface FoundListen {
  readonly socket: CompiledSocket;
  readonly hosts: CompiledHosts;
  readonly why: string;
}

const HTTP_PORT = 80;
const HTTPS_PORT = 443;
const WILDCARDS: ReadonlySet<string | undefined> = new Set(["0.0.0.0", "::"]);
const ADDRESS = /^[0-9.]+$|:/;

/** A sentence where nothing listens there. */
export function findListen({ sockets }: Snapshot, address: UrlAddress): FoundListen | string {
  if (address.path !== undefined) {
    const socket = sockets.find(({ bind }) => bind.path === address.path);
    if (socket === undefined) return `nothing listens on unix:${address.path}: ${listed(sockets)}`;
    return { socket, hosts: socket.defaultHosts, why: "it is this socket" };
  }
  const { host, port, scheme } = address;
  const usualPort = scheme === "https" ? HTTPS_PORT : HTTP_PORT;
  const onPort = sockets.filter(({ bind }) => bind.port === (port ?? usualPort));
  if (onPort.length > 0) return findByHost(onPort, host, `it listens on port ${port ?? usualPort}`);
  if (port !== undefined) return `nothing listens on port ${port}: ${listed(sockets)}`;
  if (sockets.length === 0) return "nothing listens at all: the configuration has no server";
  const why = host === "" ? "the URL names no port" : `the URL names no port, and nothing listens on ${usualPort}`;
  const secured = sockets.filter(({ defaultHosts }) => defaultHosts.protocols.ssl);
  if (scheme === "https" && secured.length > 0) return findByHost(secured, host, `${why}; the first listen with ssl is taken`);
  return findByHost(sockets, host, `${why}; the first listen is taken`);
}

/** `why` is what can be said of the first one. */
function findByHost(sockets: readonly CompiledSocket[], host: string, why: string): FoundListen | string {
  const address = host === "localhost" ? "127.0.0.1" : host;
  const exact = sockets.find(({ bind }) => bind.host === address);
  if (exact !== undefined && host !== "") return { socket: exact, hosts: exact.defaultHosts, why: "it listens on this address and port" };
  for (const socket of sockets) {
    const hosts = socket.hostsByAddress.get(address);
    if (hosts !== undefined) return { socket, hosts, why: `its socket serves listen ${address}:${socket.bind.port}, too` };
  }
  const knowing = sockets.length === 1 || host === "" ? undefined : sockets.find(({ defaultHosts }) => knowsHost(defaultHosts, host));
  if (knowing !== undefined) return { socket: knowing, hosts: knowing.defaultHosts, why: "a server behind it has this name" };
  const wildcards = sockets.filter(({ bind }) => WILDCARDS.has(bind.host));
  const any = wildcards.find(({ bind }) => (bind.host === "::") === host.includes(":")) ?? wildcards[0];
  if (any !== undefined) return { socket: any, hosts: any.defaultHosts, why };
  if (host !== "" && ADDRESS.test(host)) return `nothing listens on ${host}: ${listed(sockets)}`;
  const [first] = sockets;
  return first === undefined ? "nothing listens there" : { socket: first, hosts: first.defaultHosts, why };
}

function knowsHost({ hosts }: CompiledHosts, host: string): boolean {
  return findServer(hosts.names, host.toLowerCase()).verdict !== "default server";
}

function listed(sockets: readonly CompiledSocket[]): string {
  const keys = sockets.map((socket) => socket.key);
  return keys.length === 0 ? "the configuration has no server" : `the configuration listens on ${keys.join(", ")}`;
}

/** The address that the client reached, for `$server_addr`. */
export function localAddress({ bind }: CompiledSocket, host: string): string {
  if (bind.path !== undefined) return `unix:${bind.path}`;
  if (bind.host !== undefined && !WILDCARDS.has(bind.host)) return bind.host;
  if (host !== "" && ADDRESS.test(host)) return host;
  return bind.host === "::" ? "::1" : "127.0.0.1";
}

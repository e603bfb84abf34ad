/** Where a socket to a peer connects, and from where, as node:net has it. */

import type { PeerAddress } from "./peer-address.ts";
import type { LocalAddress, Transport } from "./transport.ts";

export type ConnectPlace = { readonly path: string } | (InetPlace & Partial<LocalAddress>);

interface InetPlace {
  readonly host: string;
  readonly port: number;
  readonly autoSelectFamily: false;
}

export function connectPlace(address: PeerAddress, { localAddress }: Transport): ConnectPlace {
  if (address.kind === "unix") return { path: systemPath(address.path) };
  const place: InetPlace = { host: address.host, port: address.port, autoSelectFamily: false };
  return localAddress === undefined ? place : { ...place, ...localAddress };
}

/** Paths are latin1 text of their bytes, and Node takes UTF-8: a name that is not UTF-8 cannot be reached. */
function systemPath(path: string): string {
  return Buffer.from(path, "latin1").toString("utf8");
}

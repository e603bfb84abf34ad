/** Where a peer listens. */

import { isIP } from "node:net";

export type PeerAddress =
  | { readonly kind: "unix"; readonly path: string; readonly text: string }
  /** An IP address; IPv6 without brackets. */
  | { readonly kind: "inet"; readonly host: string; readonly port: number; readonly text: string };

/** `text` as `$upstream_addr` and nginx's log print it: "unix:/run/app.sock". */
export function unixAddress(path: string): PeerAddress {
  return { kind: "unix", path, text: `unix:${path}` };
}

/** `text` is "127.0.0.1:80" or "[::1]:80". */
export function inetAddress(host: string, port: number): PeerAddress {
  return { kind: "inet", host, port, text: host.includes(":") ? `[${host}]:${port}` : `${host}:${port}` };
}

/** True when no name has to be resolved. */
export function isIpAddress(host: string): boolean {
  return isIP(host) !== 0;
}

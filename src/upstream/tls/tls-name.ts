/** The name a peer goes by in TLS (nginx: ngx_http_upstream_ssl_name). */

import { isIPv4 } from "node:net";

/** A name taken from $proxy_host or $http_host may have a port behind it. */
export function withoutPort(name: string): string {
  const bracket = name.startsWith("[") ? name.indexOf("]") : 0;
  const colon = name.indexOf(":", Math.max(0, bracket));
  return colon === -1 ? name : name.slice(0, colon);
}

/** OpenSSL takes 255 octets; what is no text would reach it cut short. "" asks for nothing. */
export function isServerName(name: string): boolean {
  return /^[\x21-\x7e]{0,255}$/.test(name);
}

/** What is sent as SNI: RFC 6066 section 3 allows no addresses. "" is sent to nobody. */
export function serverNameFor(name: string): string {
  return name.startsWith("[") || isIPv4(name) ? "" : name;
}

/** The authority of a request: reads Host values and absolute-form authorities. Source: RFC 3986 section 3.2.2, nginx ngx_http_validate_host. */

import { detachText } from "./detach-text.ts";

/** A host in lower case without trailing dot or port; `port` is 0 when none was given. */
export interface HostAuthority {
  readonly host: string;
  readonly port: number;
}

/** Values remembered at most; past that the memory starts anew. */
const HOSTS_MAX = 512;
/** A DNS name has at most 253 characters; a longer value is read anew each time. */
const KEPT_VALUE_LENGTH_MAX = 260;
const PORT_MAX = 65535;

// unreserved, sub-delims without the comma (a joined Host must not pass), and %XX
const REG_NAME = /^(?:[A-Za-z0-9._~!$&'()*+;=-]|%[0-9A-Fa-f]{2})+$/;
const IP_LITERAL = /^\[[A-Za-z0-9:._~!$&'()*+;=-]+\]$/;
const AUTHORITY = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?$/;

const hosts = new Map<string, HostAuthority>();
let lastValue = "";
let lastAuthority: HostAuthority | undefined;

/** Reads `host`, `host:port` or `[v6]:port`; undefined when empty, not RFC 3986, with a comma, an empty label or a port above 65535. */
export function parseHost(value: string): HostAuthority | undefined {
  if (value === lastValue) return lastAuthority;
  const authority = hosts.get(value) ?? learnHost(value);
  if (value.length <= KEPT_VALUE_LENGTH_MAX) {
    lastValue = value;
    lastAuthority = authority;
  }
  return authority;
}

function learnHost(value: string): HostAuthority | undefined {
  const authority = readAuthority(value);
  if (authority === undefined || value.length > KEPT_VALUE_LENGTH_MAX) return authority;
  if (hosts.size >= HOSTS_MAX) hosts.clear();
  hosts.set(detachText(value), authority);
  return authority;
}

function readAuthority(value: string): HostAuthority | undefined {
  const parts = AUTHORITY.exec(value);
  if (parts === null) return undefined;
  const port = Number(parts[2] ?? "0");
  if (port > PORT_MAX) return undefined;
  const name = parts[1] ?? "";
  if (name.startsWith("[")) return IP_LITERAL.test(name) ? { host: name.toLowerCase(), port } : undefined;
  if (!REG_NAME.test(name) || name.includes("..")) return undefined;
  const host = name.endsWith(".") ? name.slice(0, -1) : name;
  return host === "" ? undefined : { host: host.toLowerCase(), port };
}

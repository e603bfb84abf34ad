/** What may follow the address of a `listen` (nginx: http_core_module `listen`, ngx_http_core_listen). */

import { parseCount, parseSeconds, parseSize } from "../../config/parse-number.ts";

/** TCP keep-alive probes (tcp(7)); a value left out is the system's. */
export interface ListenKeepAlive {
  readonly idleSeconds: number | undefined;
  readonly intervalSeconds: number | undefined;
  readonly probes: number | undefined;
}

export interface ListenParameters {
  /** Something is said of the socket itself: that may be said once for each address. */
  readonly setsSocket: boolean;
  readonly defaultServer: boolean;
  readonly ssl: boolean;
  readonly http2: boolean;
  readonly proxyProtocol: boolean;
  readonly reuseport: boolean;
  readonly bind: boolean;
  readonly deferred: boolean;
  readonly ipv6Only: boolean;
  readonly backlog: number | undefined;
  readonly rcvbufBytes: number | undefined;
  readonly sndbufBytes: number | undefined;
  readonly fastopen: number | undefined;
  readonly soKeepalive: ListenKeepAlive | "on" | "off" | undefined;
  /** Of BSD: without effect elsewhere. */
  readonly acceptFilter: string | undefined;
}

type Fault = { readonly error: string; readonly index: number; readonly hint?: string };
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads the parameters of one `listen`; in a fault, `index` counts from the first of them. */
export function readListenParameters(parameters: readonly string[]): ListenParameters | Fault {
  const options: Mutable<ListenParameters> = {
    setsSocket: false,
    defaultServer: false,
    ssl: false,
    http2: false,
    proxyProtocol: false,
    reuseport: false,
    bind: false,
    deferred: false,
    ipv6Only: true,
    backlog: undefined,
    rcvbufBytes: undefined,
    sndbufBytes: undefined,
    fastopen: undefined,
    soKeepalive: undefined,
    acceptFilter: undefined,
  };
  for (const [index, parameter] of parameters.entries()) {
    const word = WORDS.get(parameter);
    options.setsSocket ||= !NOT_OF_THE_SOCKET.has(parameter);
    if (word !== undefined) {
      options[word] = true;
      continue;
    }
    const error = readNamed(parameter, options);
    if (error !== undefined) return { error, index, ...(error.startsWith("invalid parameter") ? { hint: KNOWN } : {}) };
  }
  return options;
}

type Flag = "defaultServer" | "ssl" | "http2" | "proxyProtocol" | "reuseport" | "bind" | "deferred";

const WORDS: ReadonlyMap<string, Flag> = new Map([
  ["default_server", "defaultServer"],
  ["default", "defaultServer"],
  ["ssl", "ssl"],
  ["http2", "http2"],
  ["proxy_protocol", "proxyProtocol"],
  ["reuseport", "reuseport"],
  ["bind", "bind"],
  ["deferred", "deferred"],
]);

const NOT_OF_THE_SOCKET: ReadonlySet<string> = new Set(["default_server", "default", "ssl", "http2", "proxy_protocol"]);

const KNOWN =
  "default_server, ssl, http2, proxy_protocol, reuseport, bind, deferred, backlog=, rcvbuf=, sndbuf=, fastopen=, ipv6only= and so_keepalive= are known";

/** Sets a `name=value` parameter, or tells what is wrong with it. */
function readNamed(parameter: string, options: Mutable<ListenParameters>): string | undefined {
  const equals = parameter.indexOf("=");
  const name = parameter.slice(0, Math.max(equals, 0));
  const value = parameter.slice(equals + 1);
  switch (name) {
    case "backlog":
      options.backlog = parseCount(value) || undefined;
      return options.backlog === undefined ? `invalid backlog "${parameter}"` : undefined;
    case "fastopen":
      options.fastopen = parseCount(value);
      return options.fastopen === undefined ? `invalid fastopen "${parameter}"` : undefined;
    case "rcvbuf":
      options.rcvbufBytes = parseSize(value);
      return options.rcvbufBytes === undefined ? `invalid rcvbuf "${parameter}"` : undefined;
    case "sndbuf":
      options.sndbufBytes = parseSize(value);
      return options.sndbufBytes === undefined ? `invalid sndbuf "${parameter}"` : undefined;
    case "ipv6only":
      options.ipv6Only = value === "on";
      return value === "on" || value === "off" ? undefined : `invalid parameter "${parameter}"`;
    case "so_keepalive":
      options.soKeepalive = parseKeepAlive(value);
      return options.soKeepalive === undefined ? `invalid so_keepalive value: "${value}"` : undefined;
    case "accept_filter":
      options.acceptFilter = value;
      return undefined;
    default:
      return `invalid parameter "${parameter}"`;
  }
}

/** `on`, `off`, or `[idle]:[interval]:[count]`, of which at least one must be given and not zero. */
function parseKeepAlive(value: string): ListenParameters["soKeepalive"] {
  if (value === "on" || value === "off") return value;
  const [idle = "", interval = "", count = "", ...more] = value.split(":");
  const idleSeconds = parseSeconds(idle);
  const intervalSeconds = parseSeconds(interval);
  const probes = parseCount(count);
  const isMistaken = (idle !== "" && idleSeconds === undefined) || (interval !== "" && intervalSeconds === undefined);
  if (isMistaken || (count !== "" && probes === undefined) || more.length > 0) return undefined;
  return idleSeconds || intervalSeconds || probes ? { idleSeconds, intervalSeconds, probes } : undefined;
}

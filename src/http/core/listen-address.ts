/** The arguments of `listen`: address, port or range of ports, parameters (nginx: http_core_module `listen`, ngx_parse_url). */

import { isIpv6 } from "../../config/address.ts";
import { type ListenParameters, readListenParameters } from "./listen-parameters.ts";

/** One socket to listen on. */
export interface ListenSpec extends ListenParameters {
  /** A host name that is not looked up here counts as "ipv4". */
  readonly family: "ipv4" | "ipv6" | "unix";
  /** An address, IPv6 without brackets and as it was written, or a host name; undefined for a unix socket. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** Of a unix socket. */
  readonly path: string | undefined;
}

export type ListenReading =
  /** One socket for each port of a range. */
  | { readonly listens: readonly ListenSpec[] }
  /** In nginx's words; `index` is that of the argument at fault. */
  | { readonly error: string; readonly index: number; readonly hint?: string };

const DEFAULT_PORT = 80;
/** The size of sun_path on Linux (unix(7)), less its final NUL. */
const PATH_BYTES_MAX = 107;

/** Reads the arguments of one `listen`; host names are kept as they are. */
export function parseListen(args: readonly string[]): ListenReading {
  const [text = "", ...parameters] = args;
  const address = parseAddress(text);
  if ("mistake" in address) return { error: `${address.mistake} in "${text}" of the "listen" directive`, index: 0 };
  const options = readListenParameters(parameters);
  if ("error" in options) return { ...options, index: options.index + 1 };
  const { family, host, path, firstPort, lastPort } = address;
  const listens: ListenSpec[] = [];
  for (let port = firstPort; port <= lastPort; port++) {
    listens.push({ family, host, port: path === undefined ? port : undefined, path, ...options });
  }
  return { listens };
}

interface ListenAddress extends Pick<ListenSpec, "family" | "host" | "path"> {
  readonly firstPort: number;
  readonly lastPort: number;
}

interface Mistake {
  readonly mistake: string;
}

function parseAddress(text: string): ListenAddress | Mistake {
  if (/^unix:/i.test(text)) return parseUnixPath(text.slice("unix:".length));
  if (text.startsWith("[")) return parseIpv6(text);
  if (/[/?]/.test(text)) return { mistake: "invalid host" };
  if (/^\d+(?:-\d+)?$/.test(text)) return withPorts("ipv4", "0.0.0.0", parsePorts(text));
  const colon = text.indexOf(":");
  const host = colon < 0 ? text : text.slice(0, colon);
  const ports = colon < 0 ? SINGLE_DEFAULT_PORT : parsePorts(text.slice(colon + 1));
  if (!("mistake" in ports) && host === "") return { mistake: "no host" };
  return withPorts("ipv4", host === "*" ? "0.0.0.0" : host.toLowerCase() === "localhost" ? "127.0.0.1" : host, ports);
}

function parseUnixPath(path: string): ListenAddress | Mistake {
  if (path === "") return { mistake: "no path in the unix domain socket" };
  if (path.length > PATH_BYTES_MAX) return { mistake: "too long path in the unix domain socket" };
  return { family: "unix", host: undefined, path, firstPort: 0, lastPort: 0 };
}

function parseIpv6(text: string): ListenAddress | Mistake {
  const [, host = "", colon, ports = ""] = /^\[([^\]]*)\](?:(:)(.*))?$/s.exec(text) ?? [];
  if (!/^\[[^\]]*\](?::|$)/.test(text) || text.includes("/")) return { mistake: "invalid host" };
  const range = colon === undefined ? SINGLE_DEFAULT_PORT : parsePorts(ports);
  if ("mistake" in range) return range;
  if (host === "") return { mistake: "no host" };
  return isIpv6(host) ? withPorts("ipv6", host, range) : { mistake: "invalid IPv6 address" };
}

interface PortRange {
  readonly firstPort: number;
  readonly lastPort: number;
}

const SINGLE_DEFAULT_PORT: PortRange = { firstPort: DEFAULT_PORT, lastPort: DEFAULT_PORT };

function parsePorts(text: string): PortRange | Mistake {
  const dash = text.indexOf("-");
  const firstPort = portOf(dash < 0 ? text : text.slice(0, dash));
  const lastPort = dash < 0 ? firstPort : portOf(text.slice(dash + 1));
  if (firstPort === undefined || lastPort === undefined) return { mistake: "invalid port" };
  return firstPort > lastPort ? { mistake: "invalid port range" } : { firstPort, lastPort };
}

/** 1 to 65535; leading zeros are nginx's to allow. */
function portOf(text: string): number | undefined {
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function withPorts(family: "ipv4" | "ipv6", host: string, ports: PortRange | Mistake): ListenAddress | Mistake {
  return "mistake" in ports ? ports : { family, host, path: undefined, ...ports };
}

/** The address of a pass directive taken apart: `http://host:port/uri`, `http://unix:/path:/uri`, `uwsgi://host:port` (nginx: ngx_parse_url). */

import type { ServerAddress } from "./upstream-group.ts";

export interface UpstreamUrl {
  /** The host as written, or "unix:/path": the name an `upstream` block may have. */
  readonly name: string;
  /** Undefined when no port was given. */
  readonly port: number | undefined;
  readonly address: ServerAddress;
  /** From the first "/" or "?" on; "" when there is none. */
  readonly uri: string;
}

/** nginx's words for what is wrong, up to ` in upstream "…"`. */
export interface UrlMistake {
  readonly mistake: string;
}

/** An address from variables may hold decoded bytes of a request, and the name goes into its Host field. */
const UNSOUND = /[\x00-\x20\x7f]/;

/** Reads what follows the scheme. `defaultPort` stands in the address where none was given. */
export function parseUpstreamUrl(text: string, defaultPort: number): UpstreamUrl | UrlMistake {
  if (text.slice(0, 5).toLowerCase() === "unix:") return parseUnix(text);
  const found = /^(\[[^\]]*\]|[^:/?]*)(?::([^/?]*))?([/?].*)?$/s.exec(text);
  if (found === null) return { mistake: "invalid host" };
  const name = found[1] ?? "";
  const portText = found[2];
  if (name === "") return { mistake: "no host" };
  if (UNSOUND.test(name)) return { mistake: "invalid host" };
  const port = portText === undefined ? undefined : readPort(portText);
  if (port === "invalid") return { mistake: "invalid port" };
  const host = name.startsWith("[") ? name.slice(1, -1) : name;
  return { name, port, address: { kind: "inet", host, port: port ?? defaultPort }, uri: withSlash(found[3] ?? "") };
}

function parseUnix(text: string): UpstreamUrl | UrlMistake {
  const colon = text.indexOf(":", 5);
  const path = colon === -1 ? text.slice(5) : text.slice(5, colon);
  if (path === "") return { mistake: "no path in the unix domain socket" };
  if (path.includes("\0")) return { mistake: "invalid path in the unix domain socket" };
  return {
    name: `unix:${path}`,
    port: undefined,
    address: { kind: "unix", path },
    uri: colon === -1 ? "" : withSlash(text.slice(colon + 1)),
  };
}

/** `http://host?x` asks for "/?x". */
function withSlash(uri: string): string {
  return uri === "" || uri.startsWith("/") ? uri : `/${uri}`;
}

function readPort(text: string): number | "invalid" {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535 ? port : "invalid";
}

/** The URL given to `explain`, taken apart by hand: `new URL` would resolve dots and escapes that the server is to judge. */

/** Where the URL points, before the path. */
export interface UrlAddress {
  /** Undefined when the URL names none: whatever is spoken there. */
  readonly scheme: "http" | "https" | undefined;
  /** As written, without brackets; "" when the URL names none. */
  readonly host: string;
  /** Undefined when the URL names none. */
  readonly port: number | undefined;
  /** Of a unix socket. */
  readonly path: string | undefined;
}

export interface ExplainedUrl extends UrlAddress {
  /** What a client sends as Host; "" for none given. */
  readonly authority: string;
  /** Path and query exactly as written. */
  readonly target: string;
}

const PORT_MAX = 65_535;

/** Reads "http://host:port/path", "https://host/path", "host/path", "/path" or "http://unix:/socket:/path"; a sentence when it is none of these. */
export function readUrl(url: string): ExplainedUrl | string {
  const [, schemeText, rest = ""] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(.*)$/s.exec(url) ?? [];
  const scheme = schemeText?.toLowerCase();
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") return `"${url}" is neither an http:// nor an https:// URL`;
  const [, path, behindPath] = /^unix:([^:]+)(?::(.*))?$/is.exec(rest) ?? [];
  if (path !== undefined) return { scheme, host: "", port: undefined, path, authority: "localhost", target: targetOf(behindPath ?? "") };
  const [, authority = "", behind = ""] = /^([^/?#]*)(.*)$/s.exec(rest) ?? [];
  const [, bracketed, plain, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(authority) ?? [];
  const host = bracketed ?? plain;
  const port = portText === undefined ? undefined : Number(portText);
  if (host === undefined || (port ?? 0) > PORT_MAX) return `invalid host or port in "${url}"`;
  return { scheme, host, port, path: undefined, authority, target: targetOf(behind) };
}

/** Clients send no fragment, and a slash where there is no path. */
function targetOf(text: string): string {
  const target = text.replace(/#.*$/s, "");
  return target.startsWith("/") ? target : `/${target}`;
}

/** The URL given to `explain`, taken apart by hand: `new URL` would resolve dots and escapes that the server is to judge. */

export interface ExplainedRequest {
  readonly method: string;
  /** As written, without brackets; "" when the URL names none. */
  readonly host: string;
  /** Undefined when the URL names none. */
  readonly port: number | undefined;
  /** What a client sends as Host; "" for none given. */
  readonly authority: string;
  /** Path and query exactly as written. */
  readonly target: string;
  /** "Name: value" lines. */
  readonly fields: readonly string[];
}

/** Reads "http://host:port/path", "host/path" or "/path"; a sentence when it is none of these. */
export function describeUrl(url: string): Omit<ExplainedRequest, "method" | "fields"> | string {
  const [, scheme, authority = "", rest = ""] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?([^/?#]*)(.*)$/s.exec(url) ?? [];
  if (scheme !== undefined && scheme.toLowerCase() !== "http") {
    return `"${url}" is not an http:// URL: there are no TLS listeners yet`;
  }
  const [, bracketed, plain, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(authority) ?? [];
  if (bracketed === undefined && plain === undefined) return `invalid host in "${url}"`;
  const host = bracketed ?? plain ?? "";
  const target = rest.replace(/#.*$/s, "");
  return {
    host,
    port: portText === undefined ? undefined : Number(portText),
    authority,
    target: target.startsWith("/") ? target : `/${target}`,
  };
}

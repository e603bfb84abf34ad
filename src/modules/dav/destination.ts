/** The Destination field: where COPY and MOVE go (RFC 4918 section 10.3; nginx: ngx_http_dav_copy_move_handler, ngx_http_parse_unsafe_uri). */

import { staysBelow } from "../../http/core/root.ts";
import { unescapeUri } from "../../http/message/escape.ts";

export type Destination =
  /** A decoded path, without its query. */
  { readonly uri: string } | { readonly mistake: "no Host" | "another server" | "invalid" };

/** `host` is the request's own, without port; a destination has to be on the same one. */
export function readDestination(value: string, scheme: "http" | "https", host: string | undefined): Destination {
  if (value.startsWith("/")) return decode(value);
  if (host === undefined || host === "") return { mistake: "no Host" };
  const prefix = `${scheme}://`;
  if (!value.startsWith(prefix)) return { mistake: "invalid" };
  const authority = /^[^/]*/.exec(value.slice(prefix.length))?.[0] ?? "";
  if (!authority.startsWith(host)) return { mistake: "another server" };
  return decode(value.slice(prefix.length + authority.length));
}

/** nginx: what could leave the root is refused and not resolved. */
function decode(target: string): Destination {
  const question = target.indexOf("?");
  const uri = unescapeUri(question === -1 ? target : target.slice(0, question));
  return uri.startsWith("/") && !uri.includes("\0") && staysBelow(uri) ? { uri } : { mistake: "invalid" };
}

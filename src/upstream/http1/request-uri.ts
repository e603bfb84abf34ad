/** The URI that an HTTP upstream is asked for (nginx: proxy_pass, ngx_http_proxy_create_request). */

import { escapeUri } from "../../http/message/escape.ts";
import type { RequestContext } from "../../http/request-context.ts";

/** What proxy_pass and its location say about the URI. */
export interface UriReplacement {
  /** The URI part of proxy_pass; "" when it has none. */
  readonly uri: string;
  /** Octets of the location's prefix that the part replaces; 0 where there is no prefix to replace. */
  readonly prefixLength: number;
  /** The part came from variables: it is the whole URI. */
  readonly isEvaluated: boolean;
}

const UNSAFE = /[\x00-\x20\x7f]/g;

/**
 * The request target, with query. Without a URI part the client's own target is sent as it came, unless the request has been rewritten; with
 * one it replaces the location's prefix in the decoded path, which is escaped again where that is needed.
 */
export function upstreamUri(r: RequestContext, replacement: UriReplacement): string {
  const { uri, prefixLength, isEvaluated } = replacement;
  if (isEvaluated && uri !== "") return withoutUnsafe(uri);
  if (uri === "" && !r.uriChanged) return r.head.target;
  // nginx: after `rewrite … break` the new path is sent whole, and the URI part is not used.
  const keepsPrefix = uri !== "" && prefixLength > 0 && r.isLocationValid;
  const rest = keepsPrefix ? r.uri.slice(prefixLength) : r.uri;
  const path = (keepsPrefix ? uri : "") + (wasEscaped(r) ? escapeUri(rest, "uri") : rest);
  return withoutUnsafe(r.args === "" ? path : `${path}?${r.args}`);
}

/** nginx escapes only what it decoded, or what a rewrite made: other bytes go on as the client sent them. */
function wasEscaped(r: RequestContext): boolean {
  if (r.uriChanged || r.isInternal) return true;
  const percent = r.head.target.indexOf("%");
  return percent !== -1;
}

/** Decoded line ends or blanks from variables would break the request line. */
function withoutUnsafe(uri: string): string {
  return uri.replace(UNSAFE, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

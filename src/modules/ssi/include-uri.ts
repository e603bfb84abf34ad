/** Where an `include` leads: relative to its page, decoded, and never above a directory (nginx: ngx_http_parse_unsafe_uri). */

import { InternalRedirect } from "../../http/internal-redirect.ts";
import { unescapeUri } from "../../http/message/escape.ts";

/** Undefined: unsafe. `pageUri`: the URI of the page that includes. */
export function includeTarget(text: string, pageUri: string): InternalRedirect | undefined {
  const whole = text.startsWith("/") ? text : pageUri.slice(0, pageUri.lastIndexOf("/") + 1) + text;
  const question = whole.indexOf("?");
  const uri = unescapeUri(question === -1 ? whole : whole.slice(0, question));
  if (uri === "" || uri.includes("\0") || uri.split("/").includes("..")) return undefined;
  return new InternalRedirect(uri, question === -1 ? "" : whole.slice(question + 1));
}

/** Tells an empty value from none: variables read "" for both, but logs print "-" for a variable that has no value. */

import type { RequestContext } from "../../request-context.ts";
import { readArgument } from "./read-argument.ts";
import { fieldFinder, findCookie } from "./request-field-variables.ts";

/** Variables that nginx gives an empty value rather than none. */
const HAVE_EMPTY_VALUE: ReadonlySet<string> = new Set([
  "host",
  "http2",
  "invalid_referer",
  "http3",
  "https",
  "is_args",
  "is_request_port",
  "remote_port",
  "request_completion",
  "server_name",
  "uri",
  "document_uri",
]);

/** Asked of a built-in variable that reads "": true when that is its value, false when it has none. */
export function emptyValueTest(variable: string): (r: RequestContext) => boolean {
  if (HAVE_EMPTY_VALUE.has(variable)) return () => true;
  const [, family, suffix = ""] = /^(http|arg|cookie)_(.+)$/.exec(variable) ?? [];
  switch (family) {
    case "http": {
      const find = fieldFinder(suffix);
      return (r) => find(r) !== undefined;
    }
    case "arg":
      return (r) => readArgument(r.args, suffix) !== undefined;
    case "cookie":
      return (r) => findCookie(r, suffix) !== undefined;
    default:
      return () => false;
  }
}

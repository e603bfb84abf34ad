/** The `callback` argument of a JSONP listing (nginx: ngx_http_autoindex_jsonp_callback). */

import { readArgument } from "../../http/core/variables/read-argument.ts";

const CALLBACK_CHARS_MAX = 128;

export type CallbackName =
  | { readonly kind: "none" }
  | { readonly kind: "name"; readonly name: string }
  /** As nginx's log calls it. */
  | { readonly kind: "too long" | "invalid"; readonly name: string };

/** `args` is the query as it came: the name is taken undecoded, and nothing that needs an escape is one. */
export function readCallbackName(args: string): CallbackName {
  const name = readArgument(args, "callback");
  if (name === undefined || name === "") return { kind: "none" };
  if (name.length > CALLBACK_CHARS_MAX) return { kind: "too long", name };
  return { kind: /^[A-Za-z0-9_.]+$/.test(name) ? "name" : "invalid", name };
}

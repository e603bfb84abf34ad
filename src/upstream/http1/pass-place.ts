/** The location prefix that a URI part of proxy_pass replaces. */

import type { Block } from "../../config/bind.ts";
import type { TemplateText } from "../../config/template-text.ts";
import type { Scope } from "../../http/module.ts";

/** A URI part needs a prefix to replace: nginx refuses it elsewhere, in these words. */
const NO_URI_PART =
  '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block';

/** The prefix of the location that holds the directive; "" for a regular expression, a named location, `if` and `limit_except`. */
export function passPlace(address: TemplateText, scope: Scope): string {
  const prefix = locationPrefix(blockOf(scope.block));
  const isLiteral = address.parts.every((part) => typeof part === "string");
  if (prefix === "" && isLiteral && hasUriPart(address.text)) {
    scope.report({ level: "emerg", code: "uri-part", message: NO_URI_PART, ...(address.span === undefined ? {} : { span: address.span }) });
  }
  return prefix;
}

/** The URI part of a literal address; "" when it has none. */
export function uriPartOf(address: string): string {
  const rest = address.replace(/^https?:\/\//i, "");
  if (/^unix:/i.test(rest)) {
    const colon = rest.indexOf(":", 5);
    return colon === -1 ? "" : rest.slice(colon + 1);
  }
  const slash = rest.search(/[/?]/);
  return slash === -1 ? "" : rest.slice(slash);
}

function hasUriPart(address: string): boolean {
  return uriPartOf(address) !== "";
}

/** The block that the directive in force stands in: this one, or the location around an `if`. */
function blockOf(block: Block): Block {
  for (let at: Block | undefined = block; at !== undefined; at = at.parent) if (at.origins["proxy_pass"] !== undefined) return at;
  return block;
}

function locationPrefix(block: Block): string {
  if (block.name !== "location") return "";
  const [first, second] = block.args;
  if (first === undefined) return "";
  if (second !== undefined) return first.text === "=" || first.text === "^~" ? second.text : "";
  const found = /^(=|\^~|~\*?|@)?(.*)$/s.exec(first.text);
  const modifier = found?.[1] ?? "";
  return modifier === "~" || modifier === "~*" || modifier === "@" ? "" : (found?.[2] ?? "");
}

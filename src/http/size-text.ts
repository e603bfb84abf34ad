/** A size, or text with variables that is one for each request (nginx: ngx_http_set_complex_value_size_slot). */

import { parseSize } from "../config/parse-number.ts";
import type { Report } from "../config/report.ts";
import { parseTemplateText, type TemplateText } from "../config/template-text.ts";
import type { Arg } from "../config/tree.ts";
import { directiveInvalidValue, type Value } from "../config/value.ts";
import type { Scope } from "./module.ts";
import type { RequestContext } from "./request-context.ts";
import { logRequestError } from "./request-log.ts";

export const sizeText: Value<TemplateText> = { syntax: "size", read: readSizeText };

/** Octets; 0 for text that is no size. */
export function compileSize(text: TemplateText, scope: Scope): (r: RequestContext) => number {
  const { constant, evaluate } = scope.template(text);
  if (constant !== undefined) {
    const size = parseSize(constant) ?? 0;
    return () => size;
  }
  return (r) => {
    const value = evaluate(r);
    // nginx: no text is no size, and nothing to complain of.
    if (value === "") return 0;
    const size = parseSize(value);
    if (size === undefined) logRequestError(r, "error", `invalid size "${value}"`);
    return size ?? 0;
  };
}

function readSizeText(arg: Arg, report: Report): TemplateText | undefined {
  const text = parseTemplateText(arg, report);
  if (text === undefined || text.parts.some((part) => typeof part !== "string") || parseSize(text.text) !== undefined) return text;
  return report.error(directiveInvalidValue(arg.text, report.directive, ""), arg.span);
}

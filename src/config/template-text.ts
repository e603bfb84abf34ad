/** Text with variables, taken apart: `$name`, `${name}`, `$1`, but not `${1}` (ngx_http_script_compile). Which variables exist is not known here. */

import type { Report } from "./report.ts";
import type { Span } from "./source.ts";
import { type Arg, partSpan } from "./tree.ts";

export interface TemplateVariable {
  /** Without "$" and braces; "1" to "9" are captures. */
  readonly variable: string;
  readonly span: Span | undefined;
}

export interface TemplateText {
  /** As written, quotes removed. */
  readonly text: string;
  /** Undefined for a directive's default. */
  readonly span: Span | undefined;
  /** Literal texts and variables in order; none for an empty text. */
  readonly parts: readonly (string | TemplateVariable)[];
}

/** A template without variables, for defaults. */
export function constantTemplate(text: string): TemplateText {
  return { text, span: undefined, parts: text === "" ? [] : [text] };
}

const VARIABLE = /\$(?:([1-9])|\{(\w*)(\}?)|(\w*))/g;

/** Takes an argument apart; a malformed variable is reported in nginx's words and gives undefined. */
export function parseTemplateText(arg: Arg, report: Report): TemplateText | undefined {
  const { text, span } = arg;
  if (!text.includes("$")) return { text, span, parts: text === "" ? [] : [text] };
  const parts: (string | TemplateVariable)[] = [];
  let at = 0;
  for (const found of text.matchAll(VARIABLE)) {
    const [whole, capture, braced, bracket, plain] = found;
    const start = found.index;
    const end = start + whole.length;
    const where = partSpan(arg, start, end);
    const name = capture ?? braced ?? plain ?? "";
    if (braced !== undefined && bracket === "") {
      // nginx: "${" at the very end has no name yet, and is that mistake instead.
      if (braced === "" && end === text.length) return report.error("invalid variable name", where);
      return report.error(`the closing bracket in "${name}" variable is missing`, where);
    }
    if (braced !== undefined && /^[1-9]$/.test(braced))
      return report.error(`unknown "${name}" variable`, where, `write a capture as "$${name}"`);
    if (name === "") return report.error("invalid variable name", where, 'write a name after "$"');
    if (start > at) parts.push(text.slice(at, start));
    parts.push({ variable: name, span: where });
    at = end;
  }
  if (at < text.length) parts.push(text.slice(at));
  return { text, span, parts: parts.slice() };
}

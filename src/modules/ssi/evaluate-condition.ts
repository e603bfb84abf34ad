/** The expression of `if` and `elif` (nginx: ngx_http_ssi_if). */

import { translatePcre } from "../../http/routing/pcre.ts";
import { evaluateText, SsiMistake } from "./evaluate-text.ts";
import type { SsiValues } from "./ssi-values.ts";

const EXPRESSION = /^([A-Za-z0-9${}_"']*) *(?:$|(=|!=) *([\s\S]*)$)/;

/** `$name`, `$name = text`, `$name != text`, `$name = /regex/`. nginx reads the left side in lower case. */
export function evaluateCondition(expression: string, values: SsiValues): boolean | SsiMistake {
  const parts = EXPRESSION.exec(expression);
  const left = evaluateText((parts?.[1] ?? "").toLowerCase(), values);
  if (left instanceof SsiMistake) return left;
  if (parts === null) return invalid(expression);
  const [, , operator, right = ""] = parts;
  if (operator === undefined) return left !== "";
  const isEqual = isPattern(right) ? matches(left, right, expression, values) : equals(left, right, values);
  return isEqual instanceof SsiMistake ? isEqual : isEqual === (operator === "=");
}

function isPattern(right: string): boolean {
  return right.length > 1 && right.startsWith("/");
}

function equals(left: string, right: string, values: SsiValues): boolean | SsiMistake {
  const value = evaluateText(right.startsWith("\\/") ? right.slice(1) : right, values);
  return value instanceof SsiMistake ? value : left === value;
}

function matches(left: string, right: string, expression: string, values: SsiValues): boolean | SsiMistake {
  if (!right.endsWith("/")) return invalid(expression);
  const text = evaluateText(right.slice(1, -1), values);
  if (text instanceof SsiMistake) return text;
  const pattern = translatePcre(text, { caseless: false });
  if ("refusal" in pattern) return new SsiMistake(`${pattern.refusal.message} in "${text}"`);
  const match = pattern.regexp.exec(left);
  if (match !== null) values.capture(match);
  return match !== null;
}

function invalid(expression: string): SsiMistake {
  return new SsiMistake(`invalid expression in "${expression}"`);
}

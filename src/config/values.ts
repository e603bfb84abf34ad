/** The kinds of arguments that directives share. Schemas are made when the tables are, and run only while a configuration is read. */

import * as z from "zod/mini";
import { parseCount, parseMilliseconds, parseOffset, parseSeconds, parseSize } from "./parse-number.ts";
import type { Report } from "./report.ts";
import type { Span } from "./source.ts";
import { parseTemplateText, type TemplateText } from "./template-text.ts";
import type { Arg } from "./tree.ts";
import { type Complaint, directiveInvalidValue, type ListValue, schemaValue, type Value } from "./value.ts";

/** A schema for text that `parse` understands. */
function parsed<T>(parse: (text: string) => T | undefined): z.ZodMiniType<T, string> {
  const read = z.transform((text: string, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", input: text, message: "" });
    return z.NEVER;
  });
  return z.pipe(z.string(), read);
}

/** `on` or `off`, in any case. */
export function flag(): Value<boolean> {
  const meanings = new Map([
    ["on", true],
    ["off", false],
  ]);
  const complaint: Complaint = (text, directive) => `invalid value "${text}" in "${directive}" directive, it must be "on" or "off"`;
  return schemaValue(
    "on | off",
    parsed((text) => meanings.get(text.toLowerCase())),
    complaint,
  );
}

/** Bytes: `10`, `4k`, `1m`. */
export function size(): Value<number> {
  return schemaValue("size", parsed(parseSize), directiveInvalidValue);
}

/** Bytes of a file or body: a size, or with `g`. */
export function offset(): Value<number> {
  return schemaValue("size", parsed(parseOffset), directiveInvalidValue);
}

/** Milliseconds: `500ms`, `30` (seconds), `1h 30m`. */
export function time(): Value<number> {
  return schemaValue("time", parsed(parseMilliseconds), directiveInvalidValue);
}

/** Whole seconds: `30`, `1h 30m`, `1y`. */
export function seconds(): Value<number> {
  return schemaValue("time", parsed(parseSeconds), directiveInvalidValue);
}

const directiveInvalidNumber: Complaint = (_text, directive) => `"${directive}" directive invalid number`;

/** A whole number from zero. */
export function count(): Value<number> {
  return schemaValue("number", parsed(parseCount), directiveInvalidNumber);
}

/** A whole number from 1 that stands beside others: what is none of these makes the directive's value invalid. */
export function positiveCount(): Value<number> {
  return schemaValue(
    "number",
    parsed((given) => parseCount(given) || undefined),
    directiveInvalidValue,
  );
}

/** Bytes, at least one. */
export function positiveSize(): Value<number> {
  return schemaValue(
    "size",
    parsed((given) => parseSize(given) || undefined),
    directiveInvalidValue,
  );
}

/** A whole number between bounds, both included. */
export function int(min: number, max = Number.POSITIVE_INFINITY): Value<number> {
  const range = max === Number.POSITIVE_INFINITY ? `equal to or greater than ${min}` : `between ${min} and ${max}`;
  const bounded = z.number().check(z.minimum(min), z.maximum(max));
  const complaint: Complaint = (text, directive) =>
    parseCount(text) === undefined ? directiveInvalidNumber(text, directive, "") : `value must be ${range}`;
  return schemaValue("number", z.pipe(parsed(parseCount), bounded), complaint);
}

/** An HTTP status between bounds, both included. */
export function statusCode(min: number, max: number): Value<number> {
  return { ...int(min, max), syntax: "code" };
}

/** Requests a second: `10r/s`, or `30r/m` as a fraction. */
export function rate(): Value<number> {
  const parse = (text: string): number | undefined => {
    const found = /^(\d+)r\/([sm])$/.exec(text);
    const amount = Number(found?.[1]);
    return found === null || amount === 0 ? undefined : amount / (found[2] === "m" ? 60 : 1);
  };
  return schemaValue("rate", parsed(parse), (text) => `invalid rate "${text}"`);
}

/** Any text, taken as it is. */
export function text(): Value<string> {
  return { syntax: "string", read: (arg) => arg.text };
}

/** Exactly this word. */
export function keyword<const W extends string>(word: W): Value<W> {
  return schemaValue(word, z.literal(word));
}

/** One of some words, in any case; the declared spelling is given. */
export function oneOf<const W extends string>(...words: readonly W[]): Value<W> {
  const spelling = new Map<string, W>(words.map((word) => [word.toLowerCase(), word]));
  return schemaValue(
    words.join(" | "),
    parsed((given) => spelling.get(given.toLowerCase())),
  );
}

/** Some of a set of words, in the order given; one that stands twice is warned of, as nginx does. */
export function words<const W extends string>(...known: readonly W[]): ListValue<readonly W[]> {
  const word = oneOf(...known);
  const read = (args: readonly Arg[], report: Report): readonly W[] | undefined => {
    const found: W[] = [];
    for (const arg of args) {
      const value = word.read(arg, report);
      if (value === undefined) return undefined;
      if (found.includes(value)) report.warn(`duplicate value "${arg.text}"`, arg.span);
      else found.push(value);
    }
    return found;
  };
  return { syntax: `${word.syntax} ...`, argsMin: 1, read };
}

/** Words of two directives of one name: nginx keeps them as bits of one number (ngx_conf_set_bitmask_slot). */
export function joinWords<W extends string>(earlier: readonly W[], later: readonly W[]): readonly W[] {
  return [...new Set([...earlier, ...later])];
}

/** Every argument read alike. */
export function listOf<T>(value: Value<T>, argsMin = 1): ListValue<readonly T[]> {
  const read = (args: readonly Arg[], report: Report): readonly T[] | undefined => {
    const items: T[] = [];
    for (const arg of args) {
      const item = value.read(arg, report);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  };
  return { syntax: `${value.syntax} ...`, argsMin, read };
}

/** Text with variables. */
export function template(): Value<TemplateText> {
  return { syntax: "string", read: parseTemplateText };
}

/** A variable's name, `$name`, given without its "$". */
export function variableName(): Value<string> {
  const parse = (given: string): string | undefined => /^\$(.+)$/s.exec(given)?.[1];
  return schemaValue("$variable", parsed(parse), (given) => `invalid variable name "${given}"`);
}

/** A regular expression as written; its language is judged where it is compiled. */
export interface RegexText {
  readonly pattern: string;
  readonly span: Span;
}

export function regexText(): Value<RegexText> {
  return { syntax: "regex", read: (arg) => ({ pattern: arg.text, span: arg.span }) };
}

/** Parses a PCRE pattern of bytes into its syntax tree (pcre2pattern(3)); what PCRE or the translation refuses is thrown as a PatternError. */
import { byte, complement, EVERY_BYTE, foldAscii, NEWLINE } from "./byte-set.ts";
import { parseClass } from "./parse-class.ts";
import { parseEscape } from "./parse-escape.ts";
import { parseGroup } from "./parse-group.ts";
import { createPatternReader, isQuoted, type PatternReader, skipIgnored, take, takeMatch } from "./pattern-reader.ts";
import { invalid } from "./pattern-refusal.ts";
import { NOTHING, type PatternNode } from "./syntax-tree.ts";

/** PCRE's own limit on a quantifier's numbers. */
const REPEAT_MAX = 65_535;

export interface ParsedPattern {
  readonly tree: PatternNode;
  /** Names by group number; index 0 is unused. */
  readonly groups: readonly (string | undefined)[];
}

/** Parses a whole pattern. */
export function parsePattern(source: string, caseless: boolean): ParsedPattern {
  const reader = createPatternReader(source, caseless);
  const tree = parseChoice(reader);
  if (reader.position < source.length) invalid("unmatched closing parenthesis", reader.position, reader.position + 1);
  return { tree, groups: reader.groups };
}

/** Parses branches up to a closing parenthesis or the end; an option set in one branch holds in the following ones. */
export function parseChoice(reader: PatternReader): PatternNode {
  const branches = [parseSequence(reader)];
  while (take(reader, "|")) branches.push(parseSequence(reader));
  const [only] = branches;
  return branches.length === 1 && only !== undefined ? only : { kind: "choice", branches };
}

function parseSequence(reader: PatternReader): PatternNode {
  const parts: PatternNode[] = [];
  for (;;) {
    skipIgnored(reader);
    const next = reader.source[reader.position];
    if (next === undefined || (!isQuoted(reader) && (next === "|" || next === ")"))) break;
    const start = reader.position;
    const item = parseItem(reader, next);
    if (item !== undefined) parts.push(parseQuantifier(reader, item, start));
  }
  const [only] = parts;
  if (only === undefined) return NOTHING;
  return parts.length === 1 ? only : { kind: "sequence", parts };
}

/** One item, or undefined for what only sets options. */
function parseItem(reader: PatternReader, next: string): PatternNode | undefined {
  const quoted = isQuoted(reader);
  if (!quoted) {
    const start = reader.position;
    if (next === "(") return parseGroup(reader);
    if (next === "\\") return parseEscape(reader);
    if (next === "[") return parseClass(reader);
    if (atQuantifier(reader)) invalid("quantifier does not follow a repeatable item", start, start + 1);
  }
  reader.position++;
  const { caseless, dotall, multiline } = reader.options;
  if (!quoted && next === ".") return { kind: "byte", set: dotall ? EVERY_BYTE : complement(NEWLINE) };
  if (!quoted && next === "^") return { kind: "anchor", at: multiline ? "line-start" : "start" };
  if (!quoted && next === "$") return { kind: "anchor", at: multiline ? "line-end" : "end" };
  const set = byte(next.charCodeAt(0));
  return { kind: "byte", set: caseless ? foldAscii(set) : set };
}

const QUANTIFIER = /[*+?]|\{(\d+)(,?)(\d*)\}/y;

function atQuantifier(reader: PatternReader): boolean {
  QUANTIFIER.lastIndex = reader.position;
  return !isQuoted(reader) && QUANTIFIER.test(reader.source);
}

function parseQuantifier(reader: PatternReader, item: PatternNode, start: number): PatternNode {
  skipIgnored(reader);
  const at = reader.position;
  const found = isQuoted(reader) ? undefined : takeMatch(reader, QUANTIFIER);
  if (found === undefined) return item;
  if (item.kind === "anchor" && reader.source[start] !== "(") invalid("quantifier does not follow a repeatable item", at, at + 1);
  const { min, max } = limitsOf(found, at);
  skipIgnored(reader);
  const possessive = !isQuoted(reader) && take(reader, "+");
  const lazy = (!possessive && !isQuoted(reader) && take(reader, "?")) !== reader.options.ungreedy;
  const end = reader.position;
  const repeat: PatternNode = { kind: "repeat", body: item, min, max, lazy: lazy && !possessive, start, end };
  skipIgnored(reader);
  if (atQuantifier(reader)) {
    invalid("quantifier does not follow a repeatable item", reader.position, reader.position + 1);
  }
  return possessive ? { kind: "atomic", body: repeat, start, end } : repeat;
}

function limitsOf(quantifier: RegExpExecArray, at: number): { min: number; max: number } {
  if (quantifier[0] === "*") return { min: 0, max: Number.POSITIVE_INFINITY };
  if (quantifier[0] === "+") return { min: 1, max: Number.POSITIVE_INFINITY };
  if (quantifier[0] === "?") return { min: 0, max: 1 };
  const end = at + quantifier[0].length;
  const min = Number(quantifier[1]);
  const unlimited = quantifier[2] === "," && quantifier[3] === "";
  const max = unlimited ? Number.POSITIVE_INFINITY : quantifier[2] === "" ? min : Number(quantifier[3]);
  if (min > REPEAT_MAX || (max > REPEAT_MAX && !unlimited)) invalid("number too big in {} quantifier", at, end);
  if (min > max) invalid("numbers out of order in {} quantifier", at, end);
  return { min, max };
}

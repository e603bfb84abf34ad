/** Parses a bracketed character class into a set of bytes (pcre2pattern(3), "Square brackets and character classes"). */
import { type ByteSet, byte, complement, EMPTY, foldAscii, POSIX_CLASSES, range } from "./byte-set.ts";
import { parseClassEscape } from "./parse-escape.ts";
import { isQuoted, type PatternReader, take, takeMatch } from "./pattern-reader.ts";
import { invalid, unsupported } from "./pattern-refusal.ts";
import type { ByteNode } from "./syntax-tree.ts";

/** One member: a byte, which may begin a range, or a whole set, which may not. */
export type ClassMember = { readonly code: number } | { readonly set: ByteSet };

/** Parses a class from its opening bracket; a closing bracket in first place is a member. */
export function parseClass(reader: PatternReader): ByteNode {
  const start = reader.position;
  const outside = posixAt(reader, start);
  if (outside !== undefined)
    invalid("POSIX named classes are supported only within a class", start, outside, `write [${reader.source.slice(start, outside)}]`);
  if (reader.source.startsWith("[[:<:]]", start) || reader.source.startsWith("[[:>:]]", start)) {
    unsupported("A word boundary written as a class", start, start + 7, "use \\b");
  }
  reader.position++;
  const negated = take(reader, "^");
  let set = EMPTY;
  let first = true;
  while (!atClosingBracket(reader, first, start)) {
    set |= parseMembers(reader);
    first = false;
  }
  reader.position++;
  const folded = reader.options.caseless ? foldAscii(set) : set;
  return { kind: "byte", set: negated ? complement(folded) : folded };
}

function atClosingBracket(reader: PatternReader, first: boolean, start: number): boolean {
  skipQuoteMarks(reader);
  if (reader.position >= reader.source.length) invalid("missing terminating ] for character class", start, reader.source.length);
  return !first && !isQuoted(reader) && reader.source[reader.position] === "]";
}

/** Inside a class `\Q` and `\E` work as outside, but comments and white space mean themselves. */
function skipQuoteMarks(reader: PatternReader): void {
  for (;;) {
    if (reader.quoteEnd >= 0) {
      if (reader.position < reader.quoteEnd) return;
      reader.quoteEnd = -1;
      take(reader, "\\E");
    } else if (take(reader, "\\Q")) {
      const end = reader.source.indexOf("\\E", reader.position);
      reader.quoteEnd = end < 0 ? reader.source.length : end;
    } else if (!take(reader, "\\E")) {
      return;
    }
  }
}

function parseMembers(reader: PatternReader): ByteSet {
  const start = reader.position;
  const member = parseMember(reader);
  skipQuoteMarks(reader);
  const atHyphen = !isQuoted(reader) && reader.source[reader.position] === "-";
  if (!atHyphen || isLastHyphen(reader)) return "set" in member ? member.set : byte(member.code);
  if ("set" in member) invalid("invalid range in character class", reader.position, reader.position + 1, "put the hyphen last");
  reader.position++;
  skipQuoteMarks(reader);
  if (!isQuoted(reader) && reader.source[reader.position] === "]") return byte(member.code) | byte(0x2d);
  const last = parseMember(reader);
  if ("set" in last) invalid("invalid range in character class", start, reader.position, "put the hyphen last");
  if (last.code < member.code) invalid("range out of order in character class", start, reader.position);
  return range(member.code, last.code);
}

function isLastHyphen(reader: PatternReader): boolean {
  return reader.source[reader.position + 1] === "]";
}

function parseMember(reader: PatternReader): ClassMember {
  const start = reader.position;
  const next = reader.source[start];
  if (next === undefined) invalid("missing terminating ] for character class", start, start);
  if (!isQuoted(reader)) {
    if (next === "\\") return parseClassEscape(reader);
    const posixEnd = next === "[" ? posixAt(reader, start) : undefined;
    if (posixEnd !== undefined) return { set: parsePosix(reader, start, posixEnd) };
  }
  reader.position++;
  return { code: next.charCodeAt(0) };
}

/** Where a `[:name:]`, `[.x.]` or `[=x=]` that begins at `start` ends, as PCRE recognises it; undefined for a plain bracket. */
function posixAt(reader: PatternReader, start: number): number | undefined {
  const terminator = reader.source[start + 1] ?? "";
  if (!/[:.=]/.test(terminator)) return undefined;
  for (let at = start + 2; at + 1 < reader.source.length; at++) {
    const here = reader.source[at];
    const next = reader.source[at + 1];
    if (here === "\\" && (next === "]" || next === "\\")) at++;
    else if ((here === "[" && next === terminator) || here === "]") return undefined;
    else if (here === terminator && next === "]") return at + 2;
  }
  return undefined;
}

function parsePosix(reader: PatternReader, start: number, end: number): ByteSet {
  if (reader.source[start + 1] !== ":") invalid("POSIX collating elements are not supported", start, end);
  const found = takeMatch(reader, /\[:(\^?)([^:]*):\]/y);
  const set = POSIX_CLASSES.get(found?.[2] ?? "");
  if (set === undefined) invalid("unknown POSIX class name", start, end, `known are ${[...POSIX_CLASSES.keys()].join(", ")}`);
  // Under (?i) PCRE reads upper and lower as alpha, before negation.
  const folded = reader.options.caseless ? foldAscii(set) : set;
  return found?.[1] === "^" ? complement(folded) : folded;
}

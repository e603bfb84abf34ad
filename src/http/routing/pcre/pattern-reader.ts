/** The parser's place in a PCRE pattern: cursor, options in force, groups met so far; and the text that a pattern may contain without meaning. */
import { invalid } from "./pattern-refusal.ts";

/** The options that `(?imsx)` switches; they hold to the end of the enclosing group (pcre2pattern(3), "Internal option setting"). */
export interface PatternOptions {
  readonly caseless: boolean;
  readonly multiline: boolean;
  readonly dotall: boolean;
  readonly extended: boolean;
  readonly ungreedy: boolean;
}

/** Mutable while a pattern is parsed, then dropped. */
export interface PatternReader {
  readonly source: string;
  position: number;
  options: PatternOptions;
  /** Where the literal text opened by `\Q` ends, or -1 outside one. */
  quoteEnd: number;
  /** Names by group number, from 1; an unnamed group holds undefined. */
  readonly groups: (string | undefined)[];
  depth: number;
}

/** A reader at the start of the pattern. */
export function createPatternReader(source: string, caseless: boolean): PatternReader {
  const options = { caseless, multiline: false, dotall: false, extended: false, ungreedy: false };
  return { source, position: 0, options, quoteEnd: -1, groups: [undefined], depth: 0 };
}

/** Whether the next byte stands inside `\Q…\E`, where it means itself. */
export function isQuoted(reader: PatternReader): boolean {
  return reader.quoteEnd > reader.position;
}

/** Takes the text if it comes next. */
export function take(reader: PatternReader, text: string): boolean {
  if (!reader.source.startsWith(text, reader.position)) return false;
  reader.position += text.length;
  return true;
}

/** Takes what a sticky expression finds at the cursor. */
export function takeMatch(reader: PatternReader, expression: RegExp): RegExpExecArray | undefined {
  expression.lastIndex = reader.position;
  const found = expression.exec(reader.source);
  if (found === null) return undefined;
  reader.position += found[0].length;
  return found;
}

const EXTENDED_IGNORED = /(?:[\t-\r ]|#[^\n]*\n?)+/y;

/** Skips `\Q` and `\E` themselves, comments, and under `(?x)` white space. */
export function skipIgnored(reader: PatternReader): void {
  while (reader.position < reader.source.length) {
    if (reader.quoteEnd >= 0) {
      if (reader.position < reader.quoteEnd) return;
      reader.quoteEnd = -1;
      take(reader, "\\E");
    } else if (take(reader, "\\Q")) {
      const end = reader.source.indexOf("\\E", reader.position);
      reader.quoteEnd = end < 0 ? reader.source.length : end;
    } else if (take(reader, "(?#")) {
      skipComment(reader);
    } else if (!take(reader, "\\E") && !(reader.options.extended && takeMatch(reader, EXTENDED_IGNORED) !== undefined)) {
      return;
    }
  }
}

function skipComment(reader: PatternReader): void {
  const end = reader.source.indexOf(")", reader.position);
  if (end < 0) invalid("missing ) after (?# comment", reader.position - 3, reader.source.length);
  reader.position = end + 1;
}

/** Splits configuration text into words and the three marks ";", "{" and "}", by the rules of nginx (ngx_conf_file.c, reading of tokens). */

import type { Diagnostic } from "./diagnostic.ts";
import type { Source, Span } from "./source.ts";
import type { Arg } from "./tree.ts";

/** A word, which the tree holds as it is, or a mark, whose text is its own character. */
export interface Token extends Arg {
  readonly kind: "word" | ";" | "{" | "}" | "end";
}

export interface Lexer {
  /** The next token; at the end of the text, and then for ever, one of kind "end". */
  readonly next: () => Token;
  /** The text ended inside a word, which was reported: what else seems to be missing at its end cannot be judged. */
  readonly endsInWord: () => boolean;
}

/** nginx's buffer for one parameter (NGX_CONF_BUFFER): past it, a quote that never closes is named as such. */
const NGINX_PARAMETER_BYTES = 4096;

const BLANK = /[ \t\r\n]+/y;
const WORD_STOP = /[\\$ \t\r\n;{]/g;
const QUOTE_STOP = { '"': /["\\]/g, "'": /['\\]/g } as const;

/** Reads token after token. Never throws; a mistake goes into `diagnostics` and reading goes on behind it. */
export function createLexer(source: Source, diagnostics: Diagnostic[]): Lexer {
  const { text } = source;
  let at = 0;
  let endsInWord = false;

  const take = (kind: Token["kind"], start: number, end: number, word: string, quoted: boolean): Token => {
    at = end;
    return { kind, text: word, quoted, span: { source, start, end } };
  };

  const quotedWord = (quote: '"' | "'"): Token => {
    const close = closingQuote(text, at + 1, quote);
    if (close === -1) {
      diagnostics.push(unclosedQuote(source, at));
      endsInWord = true;
      return take("end", text.length, text.length, "", false);
    }
    const misplaced = misplacedAfterQuote(text, close + 1);
    if (misplaced !== "") diagnostics.push(unexpectedAfterQuote({ source, start: close + 1, end: close + 2 }, misplaced));
    return take("word", at, close + 1, undoEscapes(text.slice(at + 1, close)), true);
  };

  const plainWord = (): Token => {
    const end = wordEnd(text, at);
    if (end !== -1) return take("word", at, end, undoEscapes(text.slice(at, end)), false);
    diagnostics.push(endInWord(source));
    endsInWord = true;
    return take("end", text.length, text.length, "", false);
  };

  const next = (): Token => {
    for (;;) {
      const first = text.charAt(at);
      switch (first) {
        case " ":
        case "\t":
        case "\r":
        case "\n":
          at = blankEnd(text, at);
          continue;
        case "#":
          at = endOfLine(text, at);
          continue;
        case ";":
        case "{":
        case "}":
          return take(first, at, at + 1, first, false);
        case '"':
        case "'":
          return quotedWord(first);
        case "":
          return take("end", text.length, text.length, "", false);
        default:
          return plainWord();
      }
    }
  };
  return { next, endsInWord: () => endsInWord };
}

/** nginx's escapes, the same in and out of quotes: \" \' \\ \t \r \n; any other backslash stays. */
function undoEscapes(raw: string): string {
  if (!raw.includes("\\")) return raw;
  return raw.replace(/\\(["'\\trn])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", r: "\r", n: "\n" };

function blankEnd(text: string, start: number): number {
  BLANK.lastIndex = start;
  BLANK.test(text);
  return BLANK.lastIndex;
}

function endOfLine(text: string, start: number): number {
  const newline = text.indexOf("\n", start);
  return newline === -1 ? text.length : newline;
}

/** Offset of the quote that closes a string, or -1. */
function closingQuote(text: string, start: number, quote: '"' | "'"): number {
  const stop = QUOTE_STOP[quote];
  stop.lastIndex = start;
  for (let found = stop.exec(text); found !== null; found = stop.exec(text)) {
    if (found[0] === quote) return found.index;
    stop.lastIndex = found.index + 2;
  }
  return -1;
}

/** Offset behind an unquoted word, or -1 when the text ends in it. A "{" right after "$" belongs to the word. */
function wordEnd(text: string, start: number): number {
  WORD_STOP.lastIndex = start;
  while (WORD_STOP.test(text)) {
    const stop = WORD_STOP.lastIndex - 1;
    const found = text.charAt(stop);
    if (found === "\\") {
      WORD_STOP.lastIndex = stop + 2;
    } else if (found === "$") {
      let next = stop + 1;
      while (text.charAt(next) === "{") next++;
      WORD_STOP.lastIndex = next;
    } else {
      return stop;
    }
  }
  return -1;
}

/** The character after a closing quote when nginx does not allow it there, else "". A "}" is left to the parser, which says the same. */
function misplacedAfterQuote(text: string, at: number): string {
  const next = text.charAt(at);
  return next === "" || " \t\r\n;{})".includes(next) ? "" : next;
}

function unexpectedAfterQuote(span: Span, character: string): Diagnostic {
  const hint = 'a quoted parameter ends at its quote: a space or ";" must follow';
  return { level: "emerg", code: "unexpected-character", message: `unexpected "${character}"`, span, hint };
}

function unclosedQuote(source: Source, start: number): Diagnostic {
  const quote = source.text.charAt(start);
  const isLong = source.text.length - start > NGINX_PARAMETER_BYTES;
  const message = isLong ? `too long parameter, probably missing terminating "${quote}" character` : endMessage(source);
  const span = { source, start, end: start + 1 };
  return { level: "emerg", code: "unexpected-end", message, span, hint: `this ${quote} is never closed` };
}

function endInWord(source: Source): Diagnostic {
  const end = source.text.length;
  return {
    level: "emerg",
    code: "unexpected-end",
    message: endMessage(source),
    span: { source, start: end, end },
    hint: 'a ";" is missing',
  };
}

/** What nginx says when the text ends before a directive does. */
export function endMessage(source: Source): string {
  return source.kind === "file" ? 'unexpected end of file, expecting ";" or "}"' : 'unexpected end of parameter, expecting ";"';
}

/** Parses what follows a backslash, outside and inside classes (pcre2pattern(3), "Backslash"). */
import { type ByteSet, byte, complement, DIGIT, foldAscii, HORIZONTAL_SPACE, NEWLINE, SPACE, VERTICAL_SPACE, WORD } from "./byte-set.ts";
import type { ClassMember } from "./parse-class.ts";
import { parseNamedReference } from "./parse-group.ts";
import { type PatternReader, take, takeMatch } from "./pattern-reader.ts";
import { invalid, unsupported } from "./pattern-refusal.ts";
import type { AnchorNode, PatternNode } from "./syntax-tree.ts";

const SETS: ReadonlyMap<string, ByteSet> = new Map([
  ["d", DIGIT],
  ["D", complement(DIGIT)],
  ["w", WORD],
  ["W", complement(WORD)],
  ["s", SPACE],
  ["S", complement(SPACE)],
  ["h", HORIZONTAL_SPACE],
  ["H", complement(HORIZONTAL_SPACE)],
  ["v", VERTICAL_SPACE],
  ["V", complement(VERTICAL_SPACE)],
]);

const ANCHORS: ReadonlyMap<string, AnchorNode["at"]> = new Map([
  ["A", "start"],
  // nginx always searches from the first byte, so \G is \A.
  ["G", "start"],
  ["Z", "end"],
  ["z", "very-end"],
  ["b", "word-boundary"],
  ["B", "no-word-boundary"],
]);

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ["a", 0x07],
  ["e", 0x1b],
  ["f", 0x0c],
  ["n", 0x0a],
  ["r", 0x0d],
  ["t", 0x09],
]);

/** Parses an escape outside a class, from its backslash. */
export function parseEscape(reader: PatternReader): PatternNode {
  const start = reader.position;
  const letter = reader.source[start + 1];
  if (letter === undefined) invalid("\\ at end of pattern", start, start + 1);
  const set = SETS.get(letter);
  const at = ANCHORS.get(letter);
  if (set !== undefined || at !== undefined || letter === "N" || letter === "R") {
    reader.position += 2;
    if (letter === "N") return parseNotNewline(reader, start);
    if (letter === "R") return newlineSequence(start);
    if (at !== undefined) return { kind: "anchor", at };
    return { kind: "byte", set: set ?? 0n };
  }
  return parseReference(reader, letter) ?? literal(reader, parseByte(reader));
}

/** Parses an escape inside a class, from its backslash. */
export function parseClassEscape(reader: PatternReader): ClassMember {
  const start = reader.position;
  const letter = reader.source[start + 1];
  if (letter === undefined) invalid("\\ at end of pattern", start, start + 1);
  const set = SETS.get(letter);
  if (set !== undefined) {
    reader.position += 2;
    return { set };
  }
  if (letter === "b" || letter === "8" || letter === "9") {
    reader.position += 2;
    return { code: letter === "b" ? 0x08 : letter.charCodeAt(0) };
  }
  if (letter === "N") invalid("\\N is not supported in a class", start, start + 2, "write [^\\n]");
  if (letter === "B" || letter === "R" || letter === "X") invalid("escape sequence is invalid in character class", start, start + 2);
  return { code: parseByte(reader) };
}

function literal(reader: PatternReader, code: number): PatternNode {
  const set = byte(code);
  return { kind: "byte", set: reader.options.caseless ? foldAscii(set) : set };
}

function parseNotNewline(reader: PatternReader, start: number): PatternNode {
  if (/\{(?!\d+,?\d*\})/y.test(reader.source.slice(reader.position))) refuseNamedCharacter(start);
  return { kind: "byte", set: complement(NEWLINE) };
}

/** `\R` is atomic: it takes a carriage return alone only where no newline follows. */
function newlineSequence(start: number): PatternNode {
  const pair: PatternNode = {
    kind: "sequence",
    parts: [
      { kind: "byte", set: byte(0x0d) },
      { kind: "byte", set: NEWLINE },
    ],
  };
  const notPair: PatternNode = { kind: "look", direction: "ahead", negative: true, body: pair, start, end: start + 2 };
  const single: PatternNode = { kind: "sequence", parts: [notPair, { kind: "byte", set: VERTICAL_SPACE }] };
  // One part of a sequence: PCRE counts it as no branch of a lookbehind.
  return { kind: "sequence", parts: [{ kind: "choice", branches: [pair, single] }] };
}

/** A back reference if one begins here. A number past 9 is one only when so many groups have been opened, else it is octal. */
function parseReference(reader: PatternReader, letter: string): PatternNode | undefined {
  const start = reader.position;
  if (letter >= "1" && letter <= "9") {
    const digits = /\d+/y;
    digits.lastIndex = start + 1;
    const text = digits.exec(reader.source)?.[0] ?? "";
    if (letter < "8" && Number(text) > 9 && Number(text) >= reader.groups.length) return undefined;
    reader.position = start + 1 + text.length;
    return referenceTo(reader, Number(text), start);
  }
  if (letter === "k" && takeMatch(reader, /\\k(?=[{<'])/y) !== undefined) {
    const opening = reader.source[reader.position++];
    return parseNamedReference(reader, opening === "{" ? "}" : opening === "<" ? ">" : "'", start);
  }
  if (letter === "k") invalid("\\k is not followed by a braced, angle-bracketed, or quoted name", start, start + 2);
  return letter === "g" ? parseGReference(reader, start) : undefined;
}

function parseGReference(reader: PatternReader, start: number): PatternNode {
  if (/\\g[<']/y.test(reader.source.slice(start))) unsupported("A subroutine call", start, start + 3, "write the called group out");
  const found = takeMatch(reader, /\\g(?:([+-]?)(\d+)|\{([+-]?)(\d+)\})/y);
  if (found !== undefined) {
    const sign = found[1] || found[3];
    const number = Number(found[2] ?? found[4]);
    return referenceTo(
      reader,
      sign === "-" ? reader.groups.length - number : sign === "+" ? reader.groups.length - 1 + number : number,
      start,
    );
  }
  if (take(reader, "\\g{")) return parseNamedReference(reader, "}", start);
  return invalid("\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number", start, start + 2);
}

function referenceTo(reader: PatternReader, number: number, start: number): PatternNode {
  const end = reader.position;
  if (number < 1 || number >= reader.groups.length) {
    invalid("reference to non-existent subpattern", start, end, "a group can be referred to after it has been closed");
  }
  return { kind: "backreference", number, caseless: reader.options.caseless, start, end };
}

const OCTAL = /\\(0[0-7]{0,2}|[1-7][0-7]{0,2})|\\o\{([0-7]+)\}/y;
const HEXADECIMAL = /\\x(?:\{([0-9A-Fa-f]+)\}|(?!\{)([0-9A-Fa-f]{0,2}))/y;

/** One byte written as an escape: octal, hexadecimal, control, or a punctuation mark that means itself. */
function parseByte(reader: PatternReader): number {
  const start = reader.position;
  const octal = takeMatch(reader, OCTAL);
  if (octal !== undefined) return bounded(Number.parseInt(octal[1] ?? octal[2] ?? "0", 8), start, reader.position);
  const hexadecimal = takeMatch(reader, HEXADECIMAL);
  if (hexadecimal !== undefined) return bounded(Number.parseInt(hexadecimal[1] ?? `0${hexadecimal[2] ?? ""}`, 16), start, reader.position);
  const letter = reader.source[start + 1] ?? "";
  reader.position += 2;
  if (letter === "c") return parseControl(reader, start);
  const control = CONTROLS.get(letter);
  if (control !== undefined) return control;
  if (/[0-9A-Za-z]/.test(letter)) refuseLetter(letter, start);
  return letter.charCodeAt(0);
}

function bounded(code: number, start: number, end: number): number {
  if (code > 0xff) invalid("character code point value in \\x{} or \\o{} is too large", start, end, "nginx matches bytes: 0 to ff");
  return code;
}

function parseControl(reader: PatternReader, start: number): number {
  const code = reader.source.charCodeAt(reader.position++);
  if (Number.isNaN(code)) invalid("\\c at end of pattern", start, start + 2);
  if (code < 0x20 || code > 0x7e) invalid("\\c must be followed by a printable ASCII character", start, start + 3);
  return (code >= 0x61 && code <= 0x7a ? code - 0x20 : code) ^ 0x40;
}

function refuseNamedCharacter(start: number): never {
  invalid("PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u", start, start + 2, "write the byte as \\xhh");
}

function refuseLetter(letter: string, start: number): never {
  if ("FLlUu".includes(letter)) refuseNamedCharacter(start);
  if (letter === "x") invalid("non-hex character in \\x{} (closing brace missing?)", start, start + 3, "write \\x{2f} or \\x2f");
  if (letter === "o") invalid("missing opening brace after \\o", start, start + 2, "write \\o{101}");
  if ("pP".includes(letter)) unsupported("A Unicode property", start, start + 2, "nginx matches bytes: write a class such as [A-Za-z]");
  if (letter === "C" || letter === "X") unsupported(`"\\${letter}"`, start, start + 2, "use (?s:.) for any byte");
  if (letter === "K") unsupported('"\\K"', start, start + 2, "remove it: it changes nothing about which requests match");
  invalid("unrecognized character follows \\", start, start + 2, "a letter after a backslash must name something");
}

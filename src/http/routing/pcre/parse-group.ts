/** Parses what an opening parenthesis begins: groups, assertions, option settings (pcre2pattern(3)). */
import { fixedLengthOf } from "./fixed-length.ts";
import { parseChoice } from "./parse-pattern.ts";
import { type PatternOptions, type PatternReader, take, takeMatch } from "./pattern-reader.ts";
import { invalid, unsupported } from "./pattern-refusal.ts";
import type { BackreferenceNode, LookNode, PatternNode } from "./syntax-tree.ts";

/** PCRE's own limit on nested parentheses. */
const DEPTH_MAX = 250;

/** Parses one group; undefined for an option setting such as `(?i)`, which matches nothing of its own. */
export function parseGroup(reader: PatternReader): PatternNode | undefined {
  const start = reader.position++;
  if (take(reader, "*")) refuseVerb(reader, start);
  if (!take(reader, "?")) return parseCapture(reader, undefined, start);
  if (take(reader, ":")) return asOnePart(parseBody(reader, start));
  if (take(reader, ">")) return { kind: "atomic", body: parseBody(reader, start), start, end: reader.position };
  if (take(reader, "=")) return parseLook(reader, "ahead", false, start);
  if (take(reader, "!")) return parseLook(reader, "ahead", true, start);
  if (take(reader, "<=")) return parseLook(reader, "behind", false, start);
  if (take(reader, "<!")) return parseLook(reader, "behind", true, start);
  if (take(reader, "P=")) return parseNamedReference(reader, ")", start);
  if (take(reader, "P<") || take(reader, "<")) return parseCapture(reader, parseName(reader, ">"), start);
  if (take(reader, "'")) return parseCapture(reader, parseName(reader, "'"), start);
  refuseUnsupported(reader, start);
  return parseOptions(reader, start);
}

/** Reads a group's name up to the terminator, which it takes too. */
export function parseName(reader: PatternReader, terminator: string): string {
  const start = reader.position;
  const name = takeMatch(reader, /\w*/y)?.[0] ?? "";
  if (/^\d/.test(name)) invalid("subpattern name must start with a non-digit", start, reader.position);
  if (name === "") invalid("subpattern name expected", start, start + 1);
  if (name.length > 32) invalid("subpattern name is too long (maximum 32 code units)", start, reader.position);
  if (!take(reader, terminator)) invalid("syntax error in subpattern name (missing terminator?)", start, reader.position);
  return name;
}

/** A reference to a group by its name, which must have been met already. */
export function parseNamedReference(reader: PatternReader, terminator: string, start: number): BackreferenceNode {
  const name = parseName(reader, terminator);
  const end = reader.position;
  const number = reader.groups.indexOf(name, 1);
  if (number < 0) invalid("reference to non-existent subpattern", start, end, "a group can be referred to after it has been closed");
  return { kind: "backreference", number, caseless: reader.options.caseless, start, end };
}

function parseCapture(reader: PatternReader, name: string | undefined, start: number): PatternNode {
  if (name !== undefined && reader.groups.includes(name)) {
    invalid("two named subpatterns have the same name (PCRE2_DUPNAMES not set)", start, reader.position);
  }
  const number = reader.groups.push(name) - 1;
  return { kind: "capture", number, name, body: parseBody(reader, start) };
}

function parseBody(reader: PatternReader, start: number): PatternNode {
  if (++reader.depth > DEPTH_MAX) invalid("parentheses are too deeply nested", start, start + 1);
  const outside = reader.options;
  const body = parseChoice(reader);
  reader.options = outside;
  reader.depth--;
  if (!take(reader, ")")) invalid("missing closing parenthesis", start, start + 1);
  return body;
}

function parseLook(reader: PatternReader, direction: LookNode["direction"], negative: boolean, start: number): LookNode {
  const body = parseBody(reader, start);
  const end = reader.position;
  if (direction === "behind" && (body.kind === "choice" ? body.branches : [body]).some((branch) => fixedLengthOf(branch) === undefined)) {
    invalid("lookbehind assertion is not fixed length", start, end, "each branch must match a fixed number of bytes");
  }
  return { kind: "look", direction, negative, body, start, end };
}

const OPTIONS = /(\^?)([imsxU]*)(-?)([imsxU]*)([:)])/y;

function parseOptions(reader: PatternReader, start: number): PatternNode | undefined {
  const found = takeMatch(reader, OPTIONS);
  if (found === null || found === undefined || (found[1] === "^" && found[3] === "-")) {
    const end = reader.source.indexOf(")", start);
    if (end < 0) invalid("missing closing parenthesis", start, reader.source.length);
    invalid("unrecognized character after (? or (?-", start, end + 1, "(?i), (?m), (?s), (?x) and (?U) are understood");
  }
  const before = reader.options;
  const cleared = found[1] === "^" ? { ...before, caseless: false, multiline: false, dotall: false, extended: false } : before;
  const options = withOptions(withOptions(cleared, found[2] ?? "", true), found[4] ?? "", false);
  if (found[5] === ")") {
    reader.options = options;
    return undefined;
  }
  reader.options = options;
  const body = parseBody(reader, start);
  reader.options = before;
  return asOnePart(body);
}

/** Keeps a group's branches apart from those of a lookbehind around it, which alone may differ in length. */
function asOnePart(body: PatternNode): PatternNode {
  return body.kind === "choice" ? { kind: "sequence", parts: [body] } : body;
}

function withOptions(options: PatternOptions, letters: string, on: boolean): PatternOptions {
  return {
    caseless: letters.includes("i") ? on : options.caseless,
    multiline: letters.includes("m") ? on : options.multiline,
    dotall: letters.includes("s") ? on : options.dotall,
    extended: letters.includes("x") ? on : options.extended,
    ungreedy: letters.includes("U") ? on : options.ungreedy,
  };
}

function refuseVerb(reader: PatternReader, start: number): never {
  if (!/[a-zA-Z:]/.test(reader.source[reader.position] ?? ""))
    invalid("quantifier does not follow a repeatable item", start + 1, start + 2);
  const close = reader.source.indexOf(")", start);
  const end = close < 0 ? reader.source.length : close + 1;
  unsupported(`"${reader.source.slice(start, end)}"`, start, end, "write the pattern without verbs and start-of-pattern settings");
}

const UNSUPPORTED: readonly (readonly [RegExp, string, string])[] = [
  [/\|/y, "A branch reset group", "number the groups apart: (?:(a)|(b))"],
  [/R|[+-]?\d|&|P>/y, "A subroutine call", "write the called group out"],
  [/\(/y, "A conditional group", "write both cases as branches: (?:yes|no)"],
  [/C/y, "A callout", "remove it"],
  [/\*/y, "A non-atomic assertion", "use (?=…)"],
  [/\^?[imsxUJn-]*[Jn]/y, "The option (?J) or (?n)", "name the groups apart, or write (?:…) for groups that do not capture"],
  [/\^?[imsxU-]*xx/y, "The option (?xx)", "use (?x) and classes without blanks"],
];

function refuseUnsupported(reader: PatternReader, start: number): void {
  for (const [form, construct, hint] of UNSUPPORTED) {
    if (takeMatch(reader, form) !== undefined) {
      const close = reader.source.indexOf(")", start);
      unsupported(construct, start, close < 0 ? reader.source.length : close + 1, hint);
    }
  }
}

/** Renders a PCRE syntax tree as the source of a JavaScript RegExp over latin1 strings, one character a byte (ECMA-262, Patterns). */
import { isAtomicAnyway } from "./atomic.ts";
import { type ByteSet, byte, complement, EMPTY, EVERY_BYTE, foldAscii, rangesOf } from "./byte-set.ts";
import { ACCEPT, afterRound, before, type Continuation } from "./continuation.ts";
import { unsupported } from "./pattern-refusal.ts";
import {
  type AnchorNode,
  type AtomicNode,
  type CaptureNode,
  capturesIn,
  type LookNode,
  type PatternNode,
  type RepeatNode,
} from "./syntax-tree.ts";

/** Mutable while one pattern is rendered: groups are numbered as they are written. */
interface Rendering {
  readonly captures: number;
  readonly ignoreCase: boolean;
  opened: number;
  hidden: number;
  behind: number;
}

/** The RegExp source; groups beyond `captures` are the translation's own. Throws a PatternError at an atomic part without an equal. */
export function renderRegExp(tree: PatternNode, captures: number, ignoreCase: boolean): string {
  return render(tree, ACCEPT, { captures, ignoreCase, opened: 0, hidden: 0, behind: 0 });
}

function render(node: PatternNode, next: Continuation, rendering: Rendering): string {
  switch (node.kind) {
    case "byte":
      return renderSet(node.set, rendering.ignoreCase);
    case "sequence":
      return renderSequence(node.parts, next, rendering);
    case "choice":
      return node.branches.map((branch) => render(branch, next, rendering)).join("|");
    case "repeat":
      return renderRepeat(node, next, rendering);
    case "capture":
      return renderCapture(node, next, rendering);
    case "atomic":
      return renderAtomic(node, next, rendering);
    case "look":
      return renderLook(node, rendering);
    case "anchor":
      return ANCHORS[node.at];
    case "backreference":
      return `(?:\\${node.number})`;
  }
}

function renderSequence(parts: readonly PatternNode[], next: Continuation, rendering: Rendering): string {
  const following: Continuation[] = [];
  parts.reduceRight((rest, part, index) => {
    following[index] = rest;
    return before(part, rest);
  }, next);
  return parts.map((part, index) => renderPart(part, following[index] ?? next, rendering)).join("");
}

function renderPart(node: PatternNode, next: Continuation, rendering: Rendering): string {
  const text = render(node, next, rendering);
  return node.kind === "choice" ? `(?:${text})` : text;
}

function renderRepeat(node: RepeatNode, next: Continuation, rendering: Rendering): string {
  const body = render(node.body, afterRound(node, next), rendering);
  const single = node.body.kind === "byte" || node.body.kind === "capture";
  return `${single ? body : `(?:${body})`}${quantifierOf(node.min, node.max)}${node.lazy ? "?" : ""}`;
}

function quantifierOf(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? "*" : min === 1 ? "+" : `{${min},}`;
  if (min === 0 && max === 1) return "?";
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function renderCapture(node: CaptureNode, next: Continuation, rendering: Rendering): string {
  rendering.opened++;
  const body = render(node.body, next, rendering);
  return node.name === undefined ? `(${body})` : `(?<${node.name}>${body})`;
}

/**
 * A part that gives nothing back. Plain where nothing could be given back to any use; else a lookahead, which is atomic in JavaScript,
 * and a reference to what it captured. That takes a group of its own, which must come after all groups of the pattern.
 */
function renderAtomic(node: AtomicNode, next: Continuation, rendering: Rendering): string {
  const { body } = node;
  if (isAtomicAnyway(body, next)) return renderPart(body, next, rendering);
  if (rendering.behind > 0 || rendering.opened < rendering.captures || capturesIn(body).length > 0) {
    unsupported(
      "A possessive or atomic part before the end of the last capturing group",
      node.start,
      node.end,
      "write it without the possessive + or (?>…), or follow it by something that cannot begin with what it repeats",
    );
  }
  const number = rendering.captures + ++rendering.hidden;
  return `(?=(${render(body, ACCEPT, rendering)}))(?:\\${number})`;
}

function renderLook(node: LookNode, rendering: Rendering): string {
  const behind = node.direction === "behind";
  if (behind) rendering.behind++;
  const body = render(node.body, ACCEPT, rendering);
  if (behind) rendering.behind--;
  return `(?${behind ? "<" : ""}${node.negative ? "!" : "="}${body})`;
}

const ANCHORS: Record<AnchorNode["at"], string> = {
  start: "^",
  end: "(?=\\n?$)",
  "very-end": "$",
  // PCRE: a newline that ends the subject begins no line.
  "line-start": "(?:^|(?<=\\n)(?=[^]))",
  "line-end": "(?=\\n|$)",
  "word-boundary": "\\b",
  "no-word-boundary": "\\B",
};

function renderSet(set: ByteSet, ignoreCase: boolean): string {
  if (set === EVERY_BYTE) return "[^]";
  if (set === EMPTY) return "[]";
  const ranges = rangesOf(set);
  const code = ranges[0]?.[0] ?? 0;
  if (set === byte(code)) return escapeByte(code, /[\^$\\.*+?()[\]{}|/]/);
  if (ignoreCase && set === foldAscii(byte(code))) return String.fromCharCode(code + 0x20);
  const negated = ranges.at(-1)?.[1] === 0xff && ranges.length > 1;
  return `[${negated ? "^" : ""}${(negated ? rangesOf(complement(set)) : ranges).map(renderRange).join("")}]`;
}

function renderRange([first, last]: readonly [number, number]): string {
  const from = escapeByte(first, /[\]\\^-]/);
  if (first === last) return from;
  return `${from}${last - first > 1 ? "-" : ""}${escapeByte(last, /[\]\\^-]/)}`;
}

function escapeByte(code: number, special: RegExp): string {
  const text = String.fromCharCode(code);
  if (code === 0x0a) return "\\n";
  if (code < 0x20 || code > 0x7e) return `\\x${code.toString(16).padStart(2, "0")}`;
  return special.test(text) ? `\\${text}` : text;
}

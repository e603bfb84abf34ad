/** What can follow at a place in a pattern: the ground for proving that a possessive or atomic part equals a plain one. */
import { type ByteSet, disjoint, EMPTY, EVERY_BYTE, NEWLINE } from "./byte-set.ts";
import type { AnchorNode, PatternNode, RepeatNode } from "./syntax-tree.ts";

/** The rest of a pattern, seen from one place; both fields err to the safe side. */
export interface Continuation {
  /** Every byte that may come next when the rest goes on to match. */
  readonly first: ByteSet;
  /** False when the rest matches whatever comes, so that nothing before it is ever tried again. */
  readonly fallible: boolean;
}

/** Nothing follows: the match is made. */
export const ACCEPT: Continuation = { first: EMPTY, fallible: false };

/** Anything may follow, and fail. */
export const UNKNOWN: Continuation = { first: EVERY_BYTE, fallible: true };

/** The continuation seen from in front of `node` when `next` follows it. */
export function before(node: PatternNode, next: Continuation): Continuation {
  switch (node.kind) {
    case "byte":
      return { first: node.set, fallible: true };
    case "sequence":
      return node.parts.reduceRight((rest, part) => before(part, rest), next);
    case "choice": {
      const branches = node.branches.map((branch) => before(branch, next));
      return { first: branches.reduce((set, { first }) => set | first, EMPTY), fallible: branches.every(({ fallible }) => fallible) };
    }
    case "repeat": {
      if (node.max === 0) return next;
      const body = before(node.body, next);
      return node.min === 0
        ? { first: body.first | next.first, fallible: next.fallible }
        : { ...body, fallible: body.fallible || next.fallible };
    }
    case "capture":
    case "atomic":
      return before(node.body, next);
    case "look":
      return node.direction === "ahead" && !node.negative ? { ...before(node.body, UNKNOWN), fallible: true } : UNKNOWN;
    case "anchor":
      return { first: firstAfter(node.at), fallible: true };
    case "backreference":
      return UNKNOWN;
  }
}

/** The continuation of a repeat's body: another round, or what follows the repeat. */
export function afterRound(repeat: RepeatNode, next: Continuation): Continuation {
  if (repeat.max <= 1) return next;
  return { first: before(repeat.body, next).first | next.first, fallible: next.fallible || repeat.min > 1 };
}

/** Whether giving back bytes of `set` could ever let the continuation match. */
export function mayGiveBack(set: ByteSet, next: Continuation): boolean {
  return next.fallible && !disjoint(set, next.first);
}

/** Whether the node can match the empty string. */
export function isNullable(node: PatternNode): boolean {
  switch (node.kind) {
    case "byte":
      return false;
    case "sequence":
      return node.parts.every(isNullable);
    case "choice":
      return node.branches.some(isNullable);
    case "repeat":
      return node.min === 0 || isNullable(node.body);
    case "capture":
    case "atomic":
      return isNullable(node.body);
    case "look":
    case "anchor":
    case "backreference":
      return true;
  }
}

/** Whether the empty string is the last thing the node tries, or nothing it matches. */
export function isEmptyLast(node: PatternNode): boolean {
  if (!isNullable(node)) return true;
  switch (node.kind) {
    case "sequence":
      return node.parts.every(isEmptyLast);
    case "choice":
      return node.branches.every((branch, index) => (index === node.branches.length - 1 ? isEmptyLast(branch) : !isNullable(branch)));
    case "repeat":
      return !node.lazy && isEmptyLast(node.body);
    case "capture":
    case "atomic":
      return isEmptyLast(node.body);
    default:
      return true;
  }
}

function firstAfter(at: AnchorNode["at"]): ByteSet {
  if (at === "very-end") return EMPTY;
  return at === "end" || at === "line-end" ? NEWLINE : EVERY_BYTE;
}

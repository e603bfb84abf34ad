/** Finds patterns that may take exponential time on a subject that does not match: JavaScript's engine, like PCRE's, backtracks. */
import { type ByteSet, disjoint, EMPTY } from "./pcre/byte-set.ts";
import { ACCEPT, afterRound, before, type Continuation } from "./pcre/continuation.ts";
import { parsePattern } from "./pcre/parse-pattern.ts";
import { PatternError } from "./pcre/pattern-refusal.ts";
import { childrenOf, type PatternNode, type RepeatNode } from "./pcre/syntax-tree.ts";

/**
 * Words about the first repeat whose rounds can divide the same text in more than one way, or undefined. For a warning: a pattern
 * without one may still take quadratic time, and one with it may be harmless on the subjects at hand.
 */
export function suspectBacktracking(pattern: string): string | undefined {
  try {
    const suspect = findSuspect(parsePattern(pattern, false).tree, ACCEPT);
    if (suspect === undefined) return undefined;
    return `"${pattern.slice(suspect.start, suspect.end)}" can divide the same text in very many ways`;
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}

/** The part of a pattern that a repeat ends in; `start` is where the repeated item begins. */
function findSuspect(node: PatternNode, next: Continuation): RepeatNode | undefined {
  if (node.kind === "repeat") {
    const rounds = afterRound(node, next);
    if (node.max === Number.POSITIVE_INFINITY && next.fallible && isAmbiguous(node.body, rounds)) return node;
    return findSuspect(node.body, rounds);
  }
  if (node.kind === "sequence") return findInSequence(node.parts, next);
  const inside = node.kind === "look" || node.kind === "atomic" ? ACCEPT : next;
  for (const child of childrenOf(node)) {
    const found = findSuspect(child, inside);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findInSequence(parts: readonly PatternNode[], next: Continuation): RepeatNode | undefined {
  let rest = next;
  let found: RepeatNode | undefined;
  for (const part of parts.toReversed()) {
    found = findSuspect(part, rest) ?? found;
    rest = before(part, rest);
  }
  return found;
}

/** Whether a loop's body can match one text in several ways: an inner loop that runs into what follows, or branches alike. */
function isAmbiguous(body: PatternNode, next: Continuation): boolean {
  switch (body.kind) {
    case "repeat": {
      const overlaps = body.max === Number.POSITIVE_INFINITY && !disjoint(before(body.body, ACCEPT).first, next.first);
      return overlaps || isAmbiguous(body.body, afterRound(body, next));
    }
    case "sequence": {
      let rest = next;
      for (const part of body.parts.toReversed()) {
        if (isAmbiguous(part, rest)) return true;
        rest = before(part, rest);
      }
      return false;
    }
    case "choice":
      return haveLikeBranches(body.branches) || body.branches.some((branch) => isAmbiguous(branch, next));
    case "capture":
      return isAmbiguous(body.body, next);
    case "byte":
    case "atomic":
    case "look":
    case "anchor":
    case "backreference":
      return false;
  }
}

/** Whether a branch of one byte can stand for every byte of another branch, as in `(?:.|%[0-9a-f]{2})*`. */
function haveLikeBranches(branches: readonly PatternNode[]): boolean {
  return branches.some(
    (branch, index) =>
      branch.kind === "byte" &&
      branches.some((other, otherIndex) => index !== otherIndex && setsOf(other).every((set) => !disjoint(set, branch.set))),
  );
}

function setsOf(node: PatternNode): readonly ByteSet[] {
  if (node.kind === "byte") return [node.set];
  const inside = childrenOf(node).flatMap(setsOf);
  return inside.length === 0 ? [EMPTY] : inside;
}

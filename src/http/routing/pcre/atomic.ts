/** Proves that a part gives nothing back of its own accord, so that a possessive or atomic mark on it changes nothing. */
import { disjoint } from "./byte-set.ts";
import { afterRound, before, type Continuation, isEmptyLast, isNullable, mayGiveBack } from "./continuation.ts";
import type { PatternNode } from "./syntax-tree.ts";

/** Whether only the first way in which the node matches can lead to a match of the whole pattern. */
export function isAtomicAnyway(node: PatternNode, next: Continuation): boolean {
  return !next.fallible || hasOneWay(node, next);
}

function hasOneWay(node: PatternNode, next: Continuation): boolean {
  switch (node.kind) {
    case "sequence":
      return everyPart(node.parts, next);
    case "choice":
      return isEmptyLast(node) && haveDisjointStarts(node.branches, next) && node.branches.every((branch) => hasOneWay(branch, next));
    case "repeat": {
      if (!hasOneWay(node.body, afterRound(node, next))) return false;
      if (node.min === node.max) return true;
      return !node.lazy && !isNullable(node.body) && !mayGiveBack(before(node.body, next).first, next);
    }
    case "capture":
      return hasOneWay(node.body, next);
    case "byte":
    case "atomic":
    case "look":
    case "anchor":
    case "backreference":
      return true;
  }
}

function everyPart(parts: readonly PatternNode[], next: Continuation): boolean {
  let rest = next;
  for (const part of parts.toReversed()) {
    if (!hasOneWay(part, rest)) return false;
    rest = before(part, rest);
  }
  return true;
}

function haveDisjointStarts(branches: readonly PatternNode[], next: Continuation): boolean {
  const starts = branches.map((branch) => before(branch, next).first);
  return starts.every((start, index) => starts.slice(index + 1).every((other) => disjoint(start, other)));
}

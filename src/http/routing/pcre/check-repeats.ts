/**
 * Repeats whose rounds JavaScript counts in another way than PCRE: it forgets a group's text when a round begins, and refuses an empty
 * round (ECMA-262, RepeatMatcher), where PCRE keeps the text and lets one empty round end the repeat.
 */

import { groupsSetBy } from "./check-references.ts";
import { isEmptyLast, isNullable } from "./continuation.ts";
import { unsupported } from "./pattern-refusal.ts";
import { capturesIn, childrenOf, type PatternNode, type RepeatNode } from "./syntax-tree.ts";

/** The groups whose text may differ from PCRE's although pattern and subject match alike; throws where even the match may differ. */
export function unreliableCaptures(node: PatternNode): readonly number[] {
  const inside = childrenOf(node).flatMap(unreliableCaptures);
  if (node.kind === "look" && node.direction === "behind" && containsChoice(node.body)) return [...inside, ...capturesIn(node.body)];
  return node.kind === "repeat" ? [...inside, ...unreliableInRounds(node)] : inside;
}

function unreliableInRounds(repeat: RepeatNode): readonly number[] {
  const { body, min, max } = repeat;
  const captures = capturesIn(body);
  if (max > min && isNullable(body)) {
    if (!isEmptyLast(body)) {
      unsupported(
        "A repeat that prefers the empty string",
        repeat.start,
        repeat.end,
        "put the empty branch last, or quantify only what is not empty",
      );
    }
    return max > 1 || containsLook(body) ? captures : [];
  }
  if (max <= 1) return [];
  const always = groupsSetBy(body, new Set());
  return captures.filter((number) => !always.has(number));
}

function containsChoice(node: PatternNode): boolean {
  return node.kind === "choice" || childrenOf(node).some(containsChoice);
}

function containsLook(node: PatternNode): boolean {
  return node.kind === "look" || childrenOf(node).some(containsLook);
}

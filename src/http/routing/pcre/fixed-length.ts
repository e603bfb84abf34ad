/** The length that PCRE requires of a lookbehind's branches (pcre2pattern(3), "Lookbehind assertions"). */
import type { PatternNode } from "./syntax-tree.ts";

/** How many bytes the node always matches, or undefined when matches differ in length. */
export function fixedLengthOf(node: PatternNode): number | undefined {
  switch (node.kind) {
    case "byte":
      return 1;
    case "anchor":
    case "look":
      return 0;
    case "capture":
    case "atomic":
      return fixedLengthOf(node.body);
    case "sequence":
      return node.parts.reduce<number | undefined>((sum, part) => add(sum, fixedLengthOf(part)), 0);
    case "choice":
      return node.branches.map(fixedLengthOf).reduce((one, other) => (one === other ? one : undefined));
    case "repeat":
      return node.min === node.max ? multiply(fixedLengthOf(node.body), node.max) : undefined;
    case "backreference":
      return undefined;
  }
}

function add(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}

function multiply(length: number | undefined, times: number): number | undefined {
  return length === undefined ? undefined : length * times;
}

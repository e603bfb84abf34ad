/**
 * Back references that mean the same in JavaScript: there a reference to a group without a match matches the empty string, in PCRE it
 * fails; and JavaScript's case folding knows letters beyond ASCII (pcre2pattern(3), "Backreferences"; ECMA-262, BackreferenceMatcher).
 */
import { type ByteSet, disjoint, EMPTY, EVERY_BYTE, LATIN1_LETTERS, POSIX_CLASSES } from "./byte-set.ts";
import { unsupported } from "./pattern-refusal.ts";
import { type BackreferenceNode, childrenOf, type PatternNode } from "./syntax-tree.ts";

/** Whether the RegExp must have the `i` flag, must not, or may (`any`). Throws at a reference that cannot be translated. */
export function caseFlagOf(tree: PatternNode): "with" | "without" | "any" {
  groupsSetBy(tree, new Set());
  let flag: "with" | "without" | "any" = "any";
  for (const reference of referencesIn(tree)) {
    const needed = caseFlagFor(reference, tree);
    if (needed === "any" || needed === flag) continue;
    if (flag !== "any") refuseCase(reference);
    flag = needed;
  }
  return flag;
}

/** The groups that have certainly matched after the node, given those before it; throws at a reference to any other. */
export function groupsSetBy(node: PatternNode, already: ReadonlySet<number>): ReadonlySet<number> {
  switch (node.kind) {
    case "sequence":
      return node.parts.reduce((groups, part) => groupsSetBy(part, groups), already);
    case "choice": {
      const [first = already, ...others] = node.branches.map((branch) => groupsSetBy(branch, already));
      return new Set([...first].filter((number) => others.every((groups) => groups.has(number))));
    }
    case "repeat": {
      const after = groupsSetBy(node.body, already);
      return node.min === 0 ? already : after;
    }
    case "capture":
      return new Set([...groupsSetBy(node.body, already), node.number]);
    case "atomic":
      return groupsSetBy(node.body, already);
    case "look": {
      const after = groupsSetBy(node.body, already);
      return node.negative ? already : after;
    }
    case "backreference":
      if (!already.has(node.number)) {
        unsupported(
          "A reference to a group that may not have matched",
          node.start,
          node.end,
          "refer only to groups that always match first",
        );
      }
      return already;
    case "byte":
    case "anchor":
      return already;
  }
}

const ASCII_LETTERS = POSIX_CLASSES.get("alpha") ?? EMPTY;

function caseFlagFor(reference: BackreferenceNode, tree: PatternNode): "with" | "without" | "any" {
  const text = bytesOf(groupOf(tree, reference.number), tree);
  if (disjoint(text, ASCII_LETTERS | LATIN1_LETTERS)) return "any";
  if (!reference.caseless) return "without";
  if (disjoint(text, ASCII_LETTERS)) return "without";
  if (!disjoint(text, LATIN1_LETTERS)) refuseCase(reference);
  return "with";
}

/** Every byte that the node's text may contain. */
function bytesOf(node: PatternNode | undefined, tree: PatternNode): ByteSet {
  if (node === undefined) return EVERY_BYTE;
  if (node.kind === "byte") return node.set;
  if (node.kind === "look") return EMPTY;
  if (node.kind === "backreference") return bytesOf(groupOf(tree, node.number), tree);
  return childrenOf(node).reduce((set, child) => set | bytesOf(child, tree), EMPTY);
}

function groupOf(node: PatternNode, number: number): PatternNode | undefined {
  if (node.kind === "capture" && node.number === number) return node;
  for (const child of childrenOf(node)) {
    const found = groupOf(child, number);
    if (found !== undefined) return found;
  }
  return undefined;
}

function referencesIn(node: PatternNode): readonly BackreferenceNode[] {
  return node.kind === "backreference" ? [node] : childrenOf(node).flatMap(referencesIn);
}

/** Refuses a reference whose case rule no flag gives. */
export function refuseCase(reference: BackreferenceNode): never {
  unsupported(
    "A case-insensitive reference to this group",
    reference.start,
    reference.end,
    "let the group match ASCII only: [\\x00-\\x7f]",
  );
}

/** The tree of a parsed PCRE pattern: every byte matcher is a set of bytes with its case already folded (pcre2pattern(3)). */
import type { ByteSet } from "./byte-set.ts";

/** Where a construct stands in the pattern, in bytes; kept where a refusal may have to point. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** One byte out of a set: a literal, a class, a dot or a `\d`. */
export interface ByteNode {
  readonly kind: "byte";
  readonly set: ByteSet;
}

/** Parts one after the other; no part at all matches the empty string. */
export interface SequenceNode {
  readonly kind: "sequence";
  readonly parts: readonly PatternNode[];
}

/** Branches tried from left to right. */
export interface ChoiceNode {
  readonly kind: "choice";
  readonly branches: readonly PatternNode[];
}

/** A quantified part; a possessive repeat is an {@link AtomicNode} around a greedy one. `max` is Infinity without a limit. */
export interface RepeatNode extends Span {
  readonly kind: "repeat";
  readonly body: PatternNode;
  readonly min: number;
  readonly max: number;
  readonly lazy: boolean;
}

/** A capturing group, numbered from 1 in the order of the opening parentheses. */
export interface CaptureNode {
  readonly kind: "capture";
  readonly number: number;
  readonly name: string | undefined;
  readonly body: PatternNode;
}

/** What has matched is not given back: `(?>…)`, `a++`. */
export interface AtomicNode extends Span {
  readonly kind: "atomic";
  readonly body: PatternNode;
}

/** A lookahead or lookbehind. */
export interface LookNode extends Span {
  readonly kind: "look";
  readonly direction: "ahead" | "behind";
  readonly negative: boolean;
  readonly body: PatternNode;
}

/** An assertion of one place; `end` is PCRE's `$`: at the end, or before a newline that ends the subject. */
export interface AnchorNode {
  readonly kind: "anchor";
  readonly at: "start" | "end" | "very-end" | "line-start" | "line-end" | "word-boundary" | "no-word-boundary";
}

/** The text of a group again; `caseless` as the options stood where the reference was written. */
export interface BackreferenceNode extends Span {
  readonly kind: "backreference";
  readonly number: number;
  readonly caseless: boolean;
}

export type PatternNode =
  | ByteNode
  | SequenceNode
  | ChoiceNode
  | RepeatNode
  | CaptureNode
  | AtomicNode
  | LookNode
  | AnchorNode
  | BackreferenceNode;

/** Matches the empty string. */
export const NOTHING: SequenceNode = { kind: "sequence", parts: [] };

/** The direct parts of a node, in the order they are written. */
export function childrenOf(node: PatternNode): readonly PatternNode[] {
  switch (node.kind) {
    case "sequence":
      return node.parts;
    case "choice":
      return node.branches;
    case "repeat":
    case "capture":
    case "atomic":
    case "look":
      return [node.body];
    case "byte":
    case "anchor":
    case "backreference":
      return [];
  }
}

/** The numbers of all capturing groups in the node. */
export function capturesIn(node: PatternNode): readonly number[] {
  const inside = childrenOf(node).flatMap(capturesIn);
  return node.kind === "capture" ? [node.number, ...inside] : inside;
}

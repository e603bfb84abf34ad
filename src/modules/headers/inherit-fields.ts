/** Which `add_header` or `add_trailer` lines are in force in a block, by `add_header_inherit` (nginx 1.29.3). */

import type { Block } from "../../config/bind.ts";

export type InheritRule = "on" | "off" | "merge";

/** What a block itself says. */
export interface FieldLayer<T> {
  /** The rule in force, which is itself inherited. */
  readonly rule: InheritRule;
  /** The block's own lines; undefined: none. */
  readonly own: readonly T[] | undefined;
}

/** Own lines replace the outer ones, stand before them ("merge"), or are all there is ("off"). */
export function linesInForce<T>(block: Block, layerOf: (block: Block) => FieldLayer<T>): readonly T[] {
  const { rule, own } = layerOf(block);
  const outer = rule === "off" || block.parent === undefined ? [] : linesInForce(block.parent, layerOf);
  if (own === undefined) return outer;
  return rule === "merge" ? [...own, ...outer] : own;
}

/** The outer lines that a block's own ones push out. */
export function linesLost<T>(block: Block, layerOf: (block: Block) => FieldLayer<T>): readonly T[] {
  const { rule, own } = layerOf(block);
  return rule !== "on" || own === undefined || block.parent === undefined ? [] : linesInForce(block.parent, layerOf);
}

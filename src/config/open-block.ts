/** Blocks while they are bound: the fields that are written after a block was made are named here. */

import type { Block } from "./bind.ts";
import type { Context } from "./directive.ts";
import type { InheritingBlock, Settings } from "./inherit.ts";
import type { Span } from "./source.ts";
import type { Statement } from "./tree.ts";

/** Grows in bind-statement.ts and bind-setting.ts; `settings` is set by inherit.ts when all is bound. */
export interface OpenBlock extends Block, InheritingBlock {
  readonly children: OpenBlock[];
  readonly own: Record<string, unknown>;
  readonly origins: Record<string, Statement>;
  settings: Settings;
}

const NO_SETTINGS: Settings = {};

/** The block of the whole configuration. */
export function openRoot(span: Span): OpenBlock {
  return blockOf("main", "", [], undefined, span, undefined, false);
}

/** A block in another; not yet among its children. */
export function openBlock(statement: Statement, context: Context, pseudo: boolean, head: unknown, parent: OpenBlock): OpenBlock {
  return blockOf(context, statement.name.text, statement.args, head, statement.span, parent, pseudo);
}

function blockOf(
  context: Context,
  name: string,
  args: Block["args"],
  head: unknown,
  span: Span,
  parent: OpenBlock | undefined,
  pseudo: boolean,
): OpenBlock {
  return { context, name, args, head, span, parent, pseudo, children: [], own: {}, settings: NO_SETTINGS, origins: {} };
}

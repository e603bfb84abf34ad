/** Reads and binds a configuration given as text. */

import { type Block, type BoundConfig, bind, childrenOf, type UnsupportedDirectives } from "../../../src/config/bind.ts";
import type { DirectiveTable } from "../../../src/config/directive.ts";
import { parse } from "../../../src/config/parser.ts";
import { createSource } from "../../../src/config/source.ts";

export function bindText(text: string, table: DirectiveTable, unsupported?: UnsupportedDirectives): BoundConfig {
  const source = createSource("/t.conf", text);
  const parsed = parse(source);
  const bound = bind({ statements: parsed.statements, sources: [source] }, [table], unsupported);
  return { root: bound.root, diagnostics: [...parsed.diagnostics, ...bound.diagnostics] };
}

/** The first block on a path of names: `blockAt(root, "http", "server")`. */
export function blockAt(root: Block, ...names: readonly string[]): Block {
  return names.reduce((block, name) => {
    const [child] = childrenOf(block, name);
    if (child === undefined) throw new Error(`No "${name}" in "${block.name}"`);
    return child;
  }, root);
}

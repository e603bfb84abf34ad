/** One module's handler of one phase, in the innermost block of a configuration. */

import { Declarations } from "../../../src/boot/declarations.ts";
import { type Compilation, createScope } from "../../../src/boot/scope.ts";
import { type Block, bind } from "../../../src/config/bind.ts";
import type { Diagnostic } from "../../../src/config/diagnostic.ts";
import { parse } from "../../../src/config/parser.ts";
import { createSource } from "../../../src/config/source.ts";
import { accessDirectives } from "../../../src/http/core/access-directives.ts";
import { blockDirectives } from "../../../src/http/core/block-directives.ts";
import type { AnyModule, HandlerPhase, Services } from "../../../src/http/module.ts";
import type { Handler } from "../../../src/http/phase.ts";
import { VariableRegistry } from "../../../src/http/variables.ts";

export interface CompiledHandler {
  /** Undefined where the module has nothing to do. */
  readonly handler: Handler | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** `conf` is the content of http. */
export function compileHandler(module: AnyModule, phase: HandlerPhase, conf: string): CompiledHandler {
  const source = createSource("/t.conf", `http {\n${conf}\n}`);
  const parsed = parse(source);
  const bound = bind({ statements: parsed.statements, sources: [source] }, [blockDirectives, accessDirectives, module.directives]);
  const compilation: Compilation = {
    variables: new VariableRegistry(),
    declarations: new Declarations(),
    services: { shared: (_key: string, create: () => unknown) => create() } as unknown as Services, // nothing else is asked for
    paths: { confPrefix: "/conf/", prefix: "/prefix/", errorLog: "stderr" },
    diagnostics: [...parsed.diagnostics, ...bound.diagnostics],
    compilePseudoLocation: () => {
      throw new Error("No pseudo-location is compiled here");
    },
  };
  let block: Block = bound.root;
  for (let [inner] = block.children; inner !== undefined; [inner] = inner.children) block = inner;
  const handler = module.phases?.[phase]?.(block.settings as never, createScope(compilation, block, ""));
  return { handler, diagnostics: compilation.diagnostics };
}

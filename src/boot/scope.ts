/** What compile-time code may ask for: the configuration around a block, names declared in it, and what the process lends. */

import { type Block, originOf, settings } from "../config/bind.ts";
import type { Diagnostic } from "../config/diagnostic.ts";
import { nearestName } from "../config/did-you-mean.ts";
import type { DirectiveTable, SettingsOf } from "../config/directive.ts";
import type { Span } from "../config/source.ts";
import type { TemplateText } from "../config/template-text.ts";
import type { CompiledLocation } from "../http/compiled.ts";
import type { ConfigPaths, Declaration, Scope, Services } from "../http/module.ts";
import { compileTemplate, type Evaluate, type Template } from "../http/template.ts";
import type { VariableRegistry } from "../http/variables.ts";
import type { Declarations } from "./declarations.ts";

/** One compilation: what all its scopes share. */
export interface Compilation {
  readonly variables: VariableRegistry;
  readonly declarations: Declarations;
  readonly services: Services;
  readonly paths: ConfigPaths;
  readonly diagnostics: Diagnostic[];
  /** Compiles a pseudo-location (`if`) with the handlers it would have as a location. */
  readonly compilePseudoLocation: (block: Block) => CompiledLocation;
}

/** The scope of a block. `label` is how messages and `explain` call the place. */
export function createScope(compilation: Compilation, block: Block, label: string): Scope {
  return new BlockScope(compilation, block, label);
}

/** A class and no object of closures: there are as many scopes as locations, and handlers keep theirs. */
class BlockScope implements Scope {
  readonly block: Block;
  readonly label: string;
  private readonly compilation: Compilation;

  constructor(compilation: Compilation, block: Block, label: string) {
    this.block = block;
    this.label = label;
    this.compilation = compilation;
  }

  get variables(): VariableRegistry {
    return this.compilation.variables;
  }

  get services(): Services {
    return this.compilation.services;
  }

  get paths(): ConfigPaths {
    return this.compilation.paths;
  }

  compilePseudoLocation(block: Block): CompiledLocation {
    return this.compilation.compilePseudoLocation(block);
  }

  report(diagnostic: Diagnostic): void {
    this.compilation.diagnostics.push(diagnostic);
  }

  declare<T>(declaration: Declaration<T>, name: string, value: T): boolean {
    return this.compilation.declarations.add(declaration, name, value);
  }

  find<T>(declaration: Declaration<T>, name: string): T | undefined {
    return this.compilation.declarations.find(declaration, name);
  }

  all<T>(declaration: Declaration<T>): ReadonlyMap<string, T> {
    return this.compilation.declarations.all(declaration);
  }

  settings<D extends DirectiveTable>(directives: D): SettingsOf<D> {
    return settings(this.block, directives);
  }

  originOf(setting: string): Span | undefined {
    return originOf(this.block, setting)?.span;
  }

  template(text: TemplateText): Template {
    return compileText(text, this.compilation.variables, this.compilation.diagnostics);
  }
}

function compileText(text: TemplateText, variables: VariableRegistry, diagnostics: Diagnostic[]): Template {
  const parts = text.parts.map((part): string | Evaluate => {
    if (typeof part === "string") return part;
    const evaluate = variables.resolve(part.variable);
    if (evaluate !== undefined) return evaluate;
    const near = nearestName(part.variable, variables.names());
    const span = part.span ?? text.span;
    diagnostics.push({
      level: "emerg",
      code: "unknown-variable",
      message: `unknown "${part.variable}" variable`,
      ...(span === undefined ? {} : { span }),
      ...(near === undefined ? {} : { hint: `did you mean "$${near}"?` }),
    });
    return "";
  });
  return compileTemplate(parts, text.text);
}

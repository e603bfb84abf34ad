/** What compile-time code may ask for: the configuration around a block, names declared in it, and what the process lends. */

import { type Block, originOf, settings } from "../config/bind.ts";
import type { Diagnostic } from "../config/diagnostic.ts";
import { nearestName } from "../config/did-you-mean.ts";
import type { TemplateText } from "../config/template-text.ts";
import type { CompiledLocation } from "../http/compiled.ts";
import type { ConfigPaths, Scope, Services } from "../http/module.ts";
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
  const { variables, declarations, services, paths, diagnostics, compilePseudoLocation } = compilation;
  return {
    block,
    variables,
    services,
    paths,
    label,
    compilePseudoLocation,
    report: (diagnostic) => {
      diagnostics.push(diagnostic);
    },
    declare: (declaration, name, value) => declarations.add(declaration, name, value),
    find: (declaration, name) => declarations.find(declaration, name),
    all: (declaration) => declarations.all(declaration),
    settings: (directives) => settings(block, directives),
    originOf: (setting) => originOf(block, setting)?.span,
    template: (text) => compileText(text, variables, diagnostics),
  };
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

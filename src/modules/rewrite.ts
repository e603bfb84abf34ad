/** `rewrite`, `return`, `break`, `set` and `if`: one script a level, run in the order it is written (nginx: ngx_http_rewrite_module). */

import { type Block, settings } from "../config/bind.ts";
import { block, defineDirectives, ignored, many, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import type { Report } from "../config/report.ts";
import type { Span } from "../config/source.ts";
import { parseTemplateText, type TemplateText } from "../config/template-text.ts";
import type { Arg } from "../config/tree.ts";
import { flag } from "../config/values.ts";
import { type DeclareScope, defineModule, type Scope } from "../http/module.ts";
import { declareNames } from "../http/pattern.ts";
import type { Handler } from "../http/phase.ts";
import { type Condition, compileCondition, readCondition } from "./rewrite/condition.ts";
import { compileRewrite, readRewrite } from "./rewrite/replacement.ts";
import { compileReturn, readReturn } from "./rewrite/return.ts";
import { compileScriptText } from "./rewrite/script-text.ts";
import { runSteps, type ScriptRun, type Step } from "./rewrite/step.ts";

/** Where the steps of a script can stand. nginx inherits none of them. */
const STEP = { in: ["server", "if in server", "location", "if in location"], slot: "rewrite_steps", inherits: false } as const;

const SETTING = { in: ["http", "server", "if in server", "location", "if in location"] } as const;

export const rewriteDirectives = defineDirectives({
  rewrite: many({ ...STEP, parse: readRewrite, arity: [2, 3], syntax: "regex replacement [flag]" }),
  return: many({ ...STEP, parse: readReturn, arity: [1, 2], syntax: "code [text] | code URL | URL" }),
  break: many({ ...STEP, args: {} }),
  set: many({ ...STEP, parse: readSet, arity: 2, syntax: "$variable value" }),
  if: block({
    in: ["server", "location"],
    context: { server: "if in server", location: "if in location" },
    arity: [1, Infinity],
    parse: readCondition,
    slot: "rewrite_steps",
    pseudo: true,
    syntax: "(condition) { ... }",
  }),
  rewrite_log: one({ ...SETTING, value: flag(), default: false }),
  uninitialized_variable_warn: ignored({
    ...SETTING,
    value: flag(),
    why: "a variable without a value is empty, and nothing is logged of it",
  }),
});

type Conf = SettingsOf<typeof rewriteDirectives>;

export const rewriteModule = defineModule({
  name: "rewrite",
  directives: rewriteDirectives,
  declare: declareVariables,
  phases: {
    server_rewrite(conf, scope) {
      const steps = scope.block.context === "server" ? compileSteps(conf, scope) : [];
      if (steps.length === 0) return undefined;
      // A changed URI needs no verdict: the location is chosen afterwards anyway.
      return (r) => {
        const outcome = runSteps(steps, r, newRun());
        return outcome === "end" ? undefined : outcome;
      };
    },
    // The steps of an `if` run in the script of the location around it; a server's own level has run its script before.
    rewrite: (conf, scope) => (scope.block.context === "location" ? locationHandler(compileSteps(conf, scope)) : undefined),
  },
});

function locationHandler(steps: readonly Step[]): Handler | undefined {
  if (steps.length === 0) return undefined;
  const [only] = steps;
  return (r) => {
    const run = newRun();
    const outcome = steps.length === 1 && only !== undefined ? only(r, run) : runSteps(steps, r, run);
    if (outcome !== undefined && outcome !== "end") return outcome;
    return run.uriChanged ? "relocate" : undefined;
  };
}

function newRun(): ScriptRun {
  return { uriChanged: false, escapesCaptures: true };
}

function declareVariables(conf: Conf, scope: DeclareScope): void {
  for (const step of conf.rewrite_steps) {
    if (step.directive === "rewrite") {
      declareNames(step.value.pattern, scope);
    } else if (step.directive === "set") {
      if (!scope.variables.isTaken(step.value.name)) scope.variables.declareOverFamily(step.value.name);
    } else if (step.directive === "if") {
      const condition = conditionOf(step.value);
      if (condition?.kind === "match") declareNames(condition.pattern, scope);
      declareVariables(settings(step.value, rewriteDirectives), scope);
    }
  }
}

function compileSteps(conf: Conf, scope: Scope): readonly Step[] {
  return conf.rewrite_steps.map((step) => compileStep(step, conf.rewrite_log, scope));
}

function compileStep(step: Conf["rewrite_steps"][number], isLogged: boolean, scope: Scope): Step {
  switch (step.directive) {
    case "rewrite":
      return compileRewrite(step.value, step.span, isLogged, scope);
    case "return":
      return compileReturn(step.value, step.span, scope);
    case "break":
      return compileBreak(step.span);
    case "set":
      return compileSet(step.value, step.span, scope);
    case "if":
      return compileIf(step.value, isLogged, scope);
  }
}

function compileBreak(span: Span | undefined): Step {
  return (r, run) => {
    r.trace?.({ step: "break", text: "no further rewrite directive", won: true, span });
    run.uriChanged = false;
    return "end";
  };
}

/** A true condition in a location moves the request into the pseudo-location of the block, for good; then the block's steps run. */
function compileIf(inner: Block, isLogged: boolean, scope: Scope): Step {
  const condition = conditionOf(inner);
  if (condition === undefined) return () => undefined;
  const isTrue = compileCondition(condition, isLogged, scope);
  const steps = compileSteps(settings(inner, rewriteDirectives), scope);
  const location = inner.context === "if in location" ? scope.compilePseudoLocation(inner) : undefined;
  const text = inner.args.map((arg) => arg.text).join(" ");
  return (r, run) => {
    const won = isTrue(r, run);
    r.trace?.({ step: "if", subject: text, text: won ? "is true" : "is false", won, span: inner.span });
    if (!won) return undefined;
    if (location !== undefined) r.location = location;
    return runSteps(steps, r, run);
  };
}

function conditionOf(inner: Block): Condition | undefined {
  // The cast holds because the head of an `if` block is what readCondition made of its arguments.
  return inner.head as Condition | undefined;
}

interface SetVariable {
  readonly name: string;
  readonly nameArg: Arg;
  readonly value: TemplateText;
}

function readSet(args: readonly Arg[], report: Report): SetVariable | undefined {
  const [nameArg, valueArg] = args;
  if (nameArg === undefined || valueArg === undefined) return undefined;
  if (!/^\$./s.test(nameArg.text)) return report.error(`invalid variable name "${nameArg.text}"`, nameArg.span);
  const value = parseTemplateText(valueArg, report);
  return value === undefined ? undefined : { name: nameArg.text.slice(1), nameArg, value };
}

function compileSet({ name, nameArg, value }: SetVariable, span: Span | undefined, scope: Scope): Step {
  const text = compileScriptText(value, scope);
  const setter = scope.variables.setter(name);
  if (setter !== undefined) {
    return (r, run) => {
      const result = text(r, run.escapesCaptures);
      r.trace?.({ step: "set", subject: `$${name}`, text: `"${result}"`, won: true, span });
      setter(r, result);
      return undefined;
    };
  }
  if (scope.variables.isTaken(name)) {
    scope.report({ level: "emerg", code: "duplicate-variable", message: `the duplicate "${name}" variable`, span: nameArg.span });
  }
  const index = scope.variables.declareOverFamily(name);
  return (r, run) => {
    const result = text(r, run.escapesCaptures);
    r.trace?.({ step: "set", subject: `$${name}`, text: `"${result}"`, won: true, span });
    r.values ??= [];
    r.values[index] = result;
    return undefined;
  };
}

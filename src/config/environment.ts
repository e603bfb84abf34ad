/**
 * Environment variables in configurations. `env_var NAME [default];` in the main context declares one; `${env:NAME}` in any word is then its
 * value, put in before the word's meaning is known. The colon keeps the form apart from every variable that nginx can name, so `$uri` and
 * `${uri}` are never touched.
 */

import type { Diagnostic } from "./diagnostic.ts";
import type { Span } from "./source.ts";
import { type Arg, type ConfigTree, partSpan, type Statement } from "./tree.ts";

/** As `process.env`: UTF-8 text by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface FilledTree {
  /** Every `env_var` has its value as second argument. */
  readonly tree: ConfigTree;
  /** The variables declared. */
  readonly names: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** One filling of a tree. */
interface Filling {
  /** The environment, and over it what `env NAME=value` sets. */
  readonly environment: Environment;
  /** Values as bytes; one that is not set, which has been reported, is "". */
  readonly values: Map<string, string>;
  readonly diagnostics: Diagnostic[];
}

/** Whether a text holds a place for a value: `include` is read before there are values. */
export function namesEnvironment(text: string): boolean {
  return text.includes("${env:");
}

/** Never throws; what is not set, not declared or malformed is a diagnostic. Gives the same tree back when nothing is declared or used. */
export function fillEnvironment(tree: ConfigTree, environment: Environment): FilledTree {
  const filling: Filling = { environment: { ...environment, ...givenVariables(tree.statements) }, values: new Map(), diagnostics: [] };
  const declared = mapChanged(tree.statements, (statement) =>
    statement.name.text === "env_var" ? declareVariable(statement, filling) : statement,
  );
  const statements = mapChanged(declared, (statement) =>
    statement.name.text === "env_var" ? statement : fillStatement(statement, filling),
  );
  return {
    tree: statements === tree.statements ? tree : { ...tree, statements },
    names: [...filling.values.keys()],
    diagnostics: filling.diagnostics,
  };
}

/** What nginx's own `env` gives to workers holds for configurations, too: master and workers read the same. */
function givenVariables(statements: readonly Statement[]): Environment {
  const words = statements.flatMap(({ name, args }) => (name.text === "env" ? (args[0]?.text ?? []) : []));
  return Object.fromEntries(words.flatMap((word) => (word.includes("=") ? [splitAtEquals(word)] : [])));
}

function splitAtEquals(word: string): readonly [name: string, value: string] {
  const equals = word.indexOf("=");
  const text = (bytes: string): string => Buffer.from(bytes, "latin1").toString();
  return [text(word.slice(0, equals)), text(word.slice(equals + 1))];
}

/** What stands in it besides, as too many arguments, is for the binder to judge. */
function declareVariable(statement: Statement, { environment, values, diagnostics }: Filling): Statement {
  const [nameArg, fallback, ...more] = statement.args;
  if (nameArg === undefined || more.length > 0) return statement;
  const name = nameArg.text;
  const refuse = (code: string, message: string, hint: string): Statement => {
    diagnostics.push({ level: "emerg", code, message, span: nameArg.span, hint });
    return statement;
  };
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    return refuse("invalid-environment-name", `invalid environment variable name "${name}"`, "letters, digits and _ make a name");
  }
  // Variables of configurations are found in any case.
  if ([...values.keys()].some((known) => known.toLowerCase() === name.toLowerCase())) {
    return refuse(
      "duplicate-environment-variable",
      `duplicate environment variable "${name}"`,
      "it is declared above, maybe in another case",
    );
  }
  const found = environment[name];
  values.set(name, found === undefined ? (fallback?.text ?? "") : Buffer.from(found).toString("latin1"));
  if (found === undefined && fallback === undefined) {
    const hint = `set it where the server is started, or give a default: env_var ${name} value;`;
    return refuse("unset-environment-variable", `environment variable "${name}" is not set`, hint);
  }
  const value: Arg = { text: values.get(name) ?? "", quoted: true, span: fallback?.span ?? nameArg.span };
  return { ...statement, args: [nameArg, value] };
}

function fillStatement(statement: Statement, filling: Filling): Statement {
  const name = fillWord(statement.name, filling);
  const args = mapChanged(statement.args, (arg) => fillWord(arg, filling));
  const block = statement.block && mapChanged(statement.block, (inner) => fillStatement(inner, filling));
  return name === statement.name && args === statement.args && block === statement.block ? statement : { ...statement, name, args, block };
}

/** A place, and what stands right before it of a variable. */
const PLACE = /(\$\{?\w*)?\$\{env:([^}]*)(\}?)/g;

function fillWord(arg: Arg, filling: Filling): Arg {
  if (!namesEnvironment(arg.text)) return arg;
  const text = arg.text.replace(PLACE, (whole: string, before: string | undefined, name: string, bracket: string, at: number) => {
    const span = partSpan(arg, at, at + whole.length);
    if (bracket === "") return refusePlace(`the closing bracket in "env:${name}" variable is missing`, span, filling);
    const value = findValue(name, span, filling);
    if (before === undefined) return value;
    // A value must not become the name of a variable, nor the end of one: `$uri${env:X}` is `${uri}` and the value.
    // A capture has one digit, and no braces.
    if (/^\$[1-9]/.test(before)) return before + value;
    return /^\$\w+$/.test(before) ? `\${${before.slice(1)}}${value}` : refusePlace("invalid variable name", span, filling);
  });
  return { ...arg, text };
}

function refusePlace(message: string, span: Span, { diagnostics }: Filling): string {
  diagnostics.push({ level: "emerg", code: "invalid-value", message, span });
  return "";
}

function findValue(name: string, span: Span, { values, diagnostics }: Filling): string {
  const value = values.get(name);
  if (value === undefined) {
    const message = `environment variable "${name}" is not declared`;
    const hint = `write "env_var ${name};" outside of all blocks`;
    diagnostics.push({ level: "emerg", code: "undeclared-environment-variable", message, span, hint });
    return "";
  }
  if (!value.includes("$")) return value;
  const message = `the value of environment variable "${name}" holds "$", which would begin a variable`;
  const hint = `write $env_${name} instead, where variables are taken`;
  diagnostics.push({ level: "emerg", code: "variable-in-environment", message, span, hint });
  return "";
}

/** The same array when no element changes. */
function mapChanged<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  let changed: T[] | undefined;
  for (const [index, item] of items.entries()) {
    const made = change(item);
    if (made !== item) changed ??= items.slice(0, index);
    changed?.push(made);
  }
  return changed ?? items;
}

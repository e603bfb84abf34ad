/** Reads a configuration and everything it includes into one tree. The only part of the pipeline that reads files. */

import { type ConfigReader, fileReader } from "./config-reader.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { namesEnvironment } from "./environment.ts";
import { expandGlob, isGlob } from "./glob.ts";
import { parse } from "./parser.ts";
import { createCommandLineSource, createSource, includersOf, type Source, type Span } from "./source.ts";
import type { ConfigTree, Statement } from "./tree.ts";

export interface ReadConfigOptions {
  /** The main file, as it is to be opened and named in messages. */
  readonly path: string;
  /** The directory, ending in "/", that relative includes start from: the main file's own. */
  readonly confPrefix: string;
  /** Directives given with -g; they are read before the file. */
  readonly commandLine?: string;
  readonly reader?: ConfigReader;
}

export interface ReadConfig {
  readonly tree: ConfigTree;
  readonly diagnostics: readonly Diagnostic[];
}

/** Files in files that are followed. nginx has no limit and runs out of descriptors. */
export const INCLUDE_DEPTH_MAX = 64;

/** What one reading gathers. */
interface Reading {
  readonly confPrefix: string;
  readonly reader: ConfigReader;
  readonly texts: Map<string, string>;
  readonly sources: Source[];
  readonly diagnostics: Diagnostic[];
}

/** Never throws for a mistake in a configuration; a file that cannot be read is a diagnostic. */
export function readConfig(options: ReadConfigOptions): ReadConfig {
  const reading: Reading = {
    confPrefix: options.confPrefix,
    reader: options.reader ?? fileReader,
    texts: new Map(),
    sources: [],
    diagnostics: [],
  };
  const given = options.commandLine === undefined ? [] : readSource(createCommandLineSource(options.commandLine), reading);
  const statements = [...given, ...readFile(options.path, undefined, reading)];
  return { tree: { statements, sources: reading.sources }, diagnostics: reading.diagnostics };
}

function readFile(path: string, includedFrom: Span | undefined, reading: Reading): readonly Statement[] {
  let text = reading.texts.get(path);
  if (text === undefined) {
    const outcome = reading.reader.read(path);
    if ("failure" in outcome) {
      reading.diagnostics.push({ level: "emerg", code: "include-failed", message: outcome.failure, ...spanField(includedFrom) });
      return [];
    }
    text = outcome.text;
    reading.texts.set(path, text);
  }
  return readSource(createSource(path, text, includedFrom), reading);
}

function readSource(source: Source, reading: Reading): readonly Statement[] {
  reading.sources.push(source);
  const { statements, diagnostics } = parse(source);
  reading.diagnostics.push(...diagnostics);
  return splice(statements, reading);
}

/** Replaces include directives, at any depth, by what they include; gives the same array back when there are none. */
function splice(statements: readonly Statement[], reading: Reading): readonly Statement[] {
  let spliced: Statement[] | undefined;
  for (let index = 0; index < statements.length; index++) {
    const statement = statements[index] as Statement; // index is within the array
    const replacement = statement.name.text === "include" ? include(statement, reading) : spliceBlock(statement, reading);
    if (replacement === statement) {
      spliced?.push(statement);
      continue;
    }
    spliced ??= statements.slice(0, index);
    for (const each of Array.isArray(replacement) ? replacement : [replacement]) spliced.push(each);
  }
  return spliced ?? statements;
}

function spliceBlock(statement: Statement, reading: Reading): Statement {
  if (statement.block === undefined) return statement;
  const block = splice(statement.block, reading);
  return block === statement.block ? statement : { ...statement, block };
}

function include(statement: Statement, reading: Reading): readonly Statement[] {
  const [target] = statement.args;
  if (statement.block !== undefined) {
    return refuse(reading, statement.span, "not-terminated", 'directive "include" is not terminated by ";"');
  }
  if (target === undefined || statement.args.length > 1) {
    return refuse(reading, statement.span, "wrong-arity", 'invalid number of arguments in "include" directive');
  }
  if (namesEnvironment(target.text)) {
    const hint = "files are read before env_var is: name the file, and use the variable inside";
    return refuse(reading, target.span, "environment-in-include", '"include" takes no environment variables', hint);
  }
  const path = target.text.startsWith("/") ? target.text : reading.confPrefix + target.text;
  const paths = isGlob(path) ? expandGlob(path, reading.reader.list) : [path];
  return paths.flatMap((each) => {
    const chain = [target.span.source.path, ...includersOf(target.span.source).map((span) => span.source.path)];
    if (chain.includes(each)) {
      const circle = [...chain.slice(0, chain.indexOf(each) + 1).reverse(), each].map((name) => `"${name}"`).join(" includes ");
      return refuse(reading, target.span, "include-cycle", `"${each}" includes itself`, circle);
    }
    if (chain.length > INCLUDE_DEPTH_MAX) {
      return refuse(reading, target.span, "include-too-deep", `includes are nested more than ${INCLUDE_DEPTH_MAX} deep`);
    }
    return readFile(each, target.span, reading);
  });
}

function refuse(reading: Reading, span: Span, code: string, message: string, hint?: string): readonly Statement[] {
  reading.diagnostics.push({ level: "emerg", code, message, span, ...(hint === undefined ? {} : { hint }) });
  return [];
}

function spanField(span: Span | undefined): { readonly span?: Span } {
  return span === undefined ? {} : { span };
}

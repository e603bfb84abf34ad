/** The condition of `if` (nginx: ngx_http_rewrite_if_condition): a variable, a comparison, a match, or a look at a file. */

import type { Report } from "../../config/report.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import { type Arg, argFrom } from "../../config/tree.ts";
import { compileLinkRule, type LinkRule } from "../../http/core/disable-symlinks.ts";
import { meansNotFound } from "../../http/core/file.ts";
import { findLinkedFile } from "../../http/files/link-check.ts";
import type { Scope } from "../../http/module.ts";
import { declareNames, matches, readPattern, type TranslatedPattern } from "../../http/pattern.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { logRequestError } from "../../http/request-log.ts";
import { describeSystemError } from "../../log/system-error.ts";
import { compileScriptText } from "./script-text.ts";
import type { ScriptRun } from "./step.ts";

export type Condition =
  | { readonly kind: "truth"; readonly value: TemplateText }
  | { readonly kind: "equal"; readonly isNegated: boolean; readonly left: TemplateText; readonly right: TemplateText }
  | { readonly kind: "match"; readonly isNegated: boolean; readonly left: TemplateText; readonly pattern: TranslatedPattern }
  | { readonly kind: "file"; readonly isNegated: boolean; readonly test: FileTest; readonly path: TemplateText };

type FileTest = "f" | "d" | "e" | "x";

export type CompiledCondition = (r: RequestContext, run: ScriptRun) => boolean;

export function compileCondition(condition: Condition, isLogged: boolean, scope: Scope): CompiledCondition {
  switch (condition.kind) {
    case "truth": {
      const { evaluate } = scope.template(condition.value);
      return (r) => {
        const value = evaluate(r);
        return value !== "" && value !== "0";
      };
    }
    case "equal": {
      const { isNegated } = condition;
      const { evaluate } = scope.template(condition.left);
      const right = compileScriptText(condition.right, scope);
      return (r, run) => (evaluate(r) === right(r, run.escapesCaptures)) !== isNegated;
    }
    case "match": {
      const { isNegated, pattern } = condition;
      const { evaluate } = scope.template(condition.left);
      const names = declareNames(pattern, scope);
      return (r) => matches(r, pattern, names, evaluate(r), isLogged) !== isNegated;
    }
    case "file": {
      const { isNegated, test } = condition;
      const path = compileScriptText(condition.path, scope);
      const links = compileLinkRule(scope);
      return (r, run) => passesFileTest(r, path(r, run.escapesCaptures), test, links) !== isNegated;
    }
  }
}

function passesFileTest(r: RequestContext, path: string, test: FileTest, links: LinkRule | undefined): boolean {
  const found = findLinkedFile(r, path, links);
  if (found === undefined) return false;
  if (found instanceof Error) {
    if (!meansNotFound(found)) logRequestError(r, "crit", `stat() "${path}" failed (${describeSystemError(found)})`);
    return false;
  }
  switch (test) {
    case "f":
      return found.isFile();
    case "d":
      return found.isDirectory();
    case "e":
      return found.isFile() || found.isDirectory();
    case "x":
      return (found.mode & 0o100) !== 0;
  }
}

/** Reads the arguments of `if`, whose parentheses stand alone or at the first and last word. */
export function readCondition(args: readonly Arg[], report: Report): Condition | undefined {
  const first = args[0];
  const last = args.at(-1);
  if (first === undefined || !first.text.startsWith("(")) return refuse(first, report);
  if (last === undefined || !last.text.endsWith(")")) return refuse(last, report);
  const inner = args.map((arg) => arg);
  if (first.text === "(") inner.shift();
  else inner[0] = argFrom(first, 1);
  const closing = inner.at(-1);
  if (closing === undefined) return refuse(last, report);
  if (closing.text === ")") inner.pop();
  else inner[inner.length - 1] = { ...closing, text: closing.text.slice(0, -1) };
  return readWords(inner, first, report);
}

function readWords(words: readonly Arg[], opening: Arg, report: Report): Condition | undefined {
  const [subject, operator, operand] = words;
  if (subject === undefined) return refuse(opening, report);
  if (/^!?-.$/s.test(subject.text)) return readFileTest(subject, words, report);
  if (!/^\$./s.test(subject.text) || words.length === 2 || words.length > 3) return refuse(subject, report);
  if (!/^\$\w+$/.test(subject.text)) return report.error(`unknown "${subject.text.slice(1)}" variable`, subject.span);
  const left = parseTemplateText(subject, report);
  if (left === undefined) return undefined;
  if (operator === undefined || operand === undefined) return { kind: "truth", value: left };
  return readComparison(left, operator, operand, report);
}

function readComparison(left: TemplateText, operator: Arg, operand: Arg, report: Report): Condition | undefined {
  const isNegated = operator.text.startsWith("!");
  switch (operator.text) {
    case "=":
    case "!=": {
      const right = parseTemplateText(operand, report);
      return right === undefined ? undefined : { kind: "equal", isNegated, left, right };
    }
    case "~":
    case "~*":
    case "!~":
    case "!~*": {
      const pattern = readPattern(operand, operator.text.endsWith("*"), report);
      return pattern === undefined ? undefined : { kind: "match", isNegated, left, pattern };
    }
    default:
      return report.error(`unexpected "${operator.text}" in condition`, operator.span);
  }
}

function readFileTest(operator: Arg, words: readonly Arg[], report: Report): Condition | undefined {
  const path = words[1];
  const test = operator.text.at(-1);
  if (path === undefined || words.length !== 2 || (test !== "f" && test !== "d" && test !== "e" && test !== "x"))
    return refuse(operator, report);
  const text = parseTemplateText(path, report);
  return text === undefined ? undefined : { kind: "file", isNegated: operator.text.startsWith("!"), test, path: text };
}

function refuse(arg: Arg | undefined, report: Report): undefined {
  return report.error(`invalid condition "${arg?.text ?? ""}"`, arg?.span);
}

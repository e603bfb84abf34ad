/** `error_page` (nginx: ngx_http_core_module): which page answers which status, and as what. */

import { defineDirectives, many } from "../../config/define-directives.ts";
import type { SettingsOf } from "../../config/directive.ts";
import { parseCount } from "../../config/parse-number.ts";
import type { Report } from "../../config/report.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import type { Arg } from "../../config/tree.ts";
import { InternalRedirect } from "../internal-redirect.ts";
import type { Scope } from "../module.ts";
import type { RequestContext } from "../request-context.ts";
import type { Template } from "../template.ts";

export interface ErrorPageRule {
  /** URI, "@name" or an absolute URL; a URI without variables has its query string in `args`. */
  readonly target: Template;
  /** Known for targets that begin with literal text; `findErrorPage` decides by the evaluated text. */
  readonly isNamed: boolean;
  /** A URL to redirect the client to, rather than a URI to serve. */
  readonly isExternal: boolean;
  /** Query string for a URI target; undefined: none. */
  readonly args: Template | undefined;
  /** `=code`: 1-999; "kept": no `=`, the original status stays; "handler's": a bare `=`, the page's own status counts. */
  readonly answerStatus: number | "kept" | "handler's";
}

/** By the status they answer. */
export type ErrorPages = ReadonlyMap<number, ErrorPageRule>;

export const errorPageDirectives = defineDirectives({
  error_page: many({
    in: ["http", "server", "location", "if in location"],
    parse: readErrorPage,
    arity: [2, Infinity],
    syntax: "code ... [=[response]] uri",
  }),
});

/** What one directive says. */
interface ErrorPage {
  readonly statuses: readonly number[];
  readonly answerStatus: ErrorPageRule["answerStatus"];
  readonly target: TemplateText;
}

/** nginx's internal statuses of a broken TLS or head; whoever sees their page sees 400. */
const ANSWERED_AS_400: ReadonlySet<number> = new Set([494, 495, 496, 497]);

/** Shared by all locations that have none. */
const NO_PAGES: ErrorPages = new Map();

/** The first rule written for a status counts. */
export function compileErrorPages(conf: SettingsOf<typeof errorPageDirectives>, scope: Scope): ErrorPages {
  if (conf.error_page.length === 0) return NO_PAGES;
  const pages = new Map<number, ErrorPageRule>();
  for (const { statuses, answerStatus, target } of conf.error_page) {
    const rule = compileRule(target, answerStatus, scope);
    for (const status of statuses) {
      if (pages.has(status)) continue;
      const as400 = answerStatus === "kept" && ANSWERED_AS_400.has(status);
      pages.set(status, as400 ? { ...rule, answerStatus: 400 } : rule);
    }
  }
  return pages;
}

/** Where a rule sends this request: to a URI or a named location here, or (a string) to a URL elsewhere. */
export function evaluateErrorPage(rule: ErrorPageRule, r: RequestContext): InternalRedirect | string {
  const target = rule.target.evaluate(r);
  if (target.startsWith("@")) return new InternalRedirect(target);
  if (!target.startsWith("/")) return target;
  if (rule.target.constant !== undefined) return new InternalRedirect(target, rule.args?.evaluate(r) ?? "");
  const question = target.indexOf("?");
  return question === -1 ? new InternalRedirect(target, "") : new InternalRedirect(target.slice(0, question), target.slice(question + 1));
}

function compileRule(target: TemplateText, answerStatus: ErrorPageRule["answerStatus"], scope: Scope): ErrorPageRule {
  const first = target.text.charAt(0);
  const question = target.text.indexOf("?");
  const kind = { isNamed: first === "@", isExternal: first !== "@" && first !== "/" && first !== "$", answerStatus };
  const isConstant = target.parts.every((part) => typeof part === "string");
  if (!isConstant || first !== "/" || question === -1) return { ...kind, target: scope.template(target), args: undefined };
  return { ...kind, target: scope.template(literal(target, 0, question)), args: scope.template(literal(target, question + 1)) };
}

function literal(whole: TemplateText, from: number, to?: number): TemplateText {
  const text = whole.text.slice(from, to);
  return { text, span: whole.span, parts: text === "" ? [] : [text] };
}

function readErrorPage(args: readonly Arg[], report: Report): ErrorPage | undefined {
  const uri = args.at(-1);
  const beforeUri = args.at(-2);
  if (uri === undefined || beforeUri === undefined) return undefined;
  const hasAnswer = beforeUri.text.startsWith("=");
  const answerStatus = hasAnswer ? readAnswerStatus(beforeUri, args.length === 2, report) : "kept";
  const target = parseTemplateText(uri, report);
  const statuses = args.slice(0, hasAnswer ? -2 : -1).map((arg) => readStatus(arg, report));
  if (answerStatus === undefined || target === undefined) return undefined;
  return { statuses: statuses.filter((status) => status !== undefined), answerStatus, target };
}

function readAnswerStatus(arg: Arg, isFirst: boolean, report: Report): number | "handler's" | undefined {
  if (arg.text === "=" && !isFirst) return "handler's";
  const status = isFirst ? undefined : parseCount(arg.text.slice(1));
  return status ?? report.error(`invalid value "${arg.text}"`, arg.span);
}

function readStatus(arg: Arg, report: Report): number | undefined {
  const status = parseCount(arg.text);
  if (status === undefined || status === 499) return report.error(`invalid value "${arg.text}"`, arg.span);
  if (status < 300 || status > 599) return report.error(`value "${arg.text}" must be between 300 and 599`, arg.span);
  return status;
}

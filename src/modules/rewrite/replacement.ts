/** `rewrite regex replacement [flag]` (nginx: ngx_http_rewrite, ngx_http_script_regex_start_code and _end_code). */

import type { Report } from "../../config/report.ts";
import type { Span } from "../../config/source.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import type { Arg } from "../../config/tree.ts";
import { redirectResponse } from "../../http/core/special-response.ts";
import type { Scope } from "../../http/module.ts";
import { declareNames, matches, readPattern, type TranslatedPattern } from "../../http/pattern.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { logRequestError } from "../../http/request-log.ts";
import { locationText } from "./location-text.ts";
import { compilePieces, evaluatePiece, joinPieces, type Piece } from "./script-text.ts";
import type { Step } from "./step.ts";

export interface Rewrite {
  readonly pattern: TranslatedPattern;
  /** Without the final "?". */
  readonly replacement: TemplateText;
  /** False for a replacement that ends with "?": the request's arguments are dropped. */
  readonly keepsArgs: boolean;
  readonly flag: "last" | "break" | "redirect" | "permanent" | undefined;
}

/** Replacements that redirect without a flag. */
const ABSOLUTE = /^(?:https?:\/\/|\$scheme)/;

export function readRewrite(args: readonly Arg[], report: Report): Rewrite | undefined {
  const [regex, text, flagArg] = args;
  if (regex === undefined || text === undefined) return undefined;
  if (text.text === "") return report.error("empty replacement", text.span);
  const flag = flagArg === undefined ? undefined : readFlag(flagArg, report);
  const pattern = readPattern(regex, false, report);
  const keepsArgs = !text.text.endsWith("?");
  const replacement = parseTemplateText(keepsArgs ? text : { ...text, text: text.text.slice(0, -1) }, report);
  if (pattern === undefined || replacement === undefined || flag === "unknown") return undefined;
  const lost = replacement.parts.find((part) => typeof part !== "string" && pattern.unreliable.includes(Number(part.variable)));
  if (typeof lost === "object") return report.error(`the capture $${lost.variable} of "${regex.text}" is not supported`, lost.span);
  return { pattern, replacement, keepsArgs, flag: flag ?? (ABSOLUTE.test(text.text) ? "redirect" : undefined) };
}

export function compileRewrite(rewrite: Rewrite, span: Span | undefined, isLogged: boolean, scope: Scope): Step {
  const { pattern, flag } = rewrite;
  const names = declareNames(pattern, scope);
  const replace =
    flag === "redirect" || flag === "permanent" ? compileRedirect(rewrite, isLogged, scope) : compileReplacement(rewrite, isLogged, scope);
  return (r, run) => {
    const before = r.uri;
    const isMatch = matches(r, pattern, names, before, isLogged);
    if (!isMatch) {
      r.trace?.({ step: "rewrite", subject: pattern.source, text: `does not match "${before}"`, won: false, span });
      return undefined;
    }
    const outcome = replace(r, run);
    r.trace?.({
      step: "rewrite",
      subject: pattern.source,
      text: `matches "${before}": ${describeOutcome(r, outcome, flag)}`,
      won: true,
      span,
    });
    return outcome;
  };
}

function describeOutcome(r: RequestContext, outcome: ReturnType<Step>, flag: Rewrite["flag"]): string {
  if (typeof outcome === "object") return `redirect to "${outcome.location ?? ""}"`;
  if (typeof outcome === "number") return `status ${outcome}`;
  return `the URI becomes "${r.uri}"${r.args === "" ? "" : `, arguments "${r.args}"`}${flag === undefined ? "" : `, ${flag}`}`;
}

function compileReplacement({ replacement, keepsArgs, flag }: Rewrite, isLogged: boolean, scope: Scope): Step {
  const pieces = compilePieces(splitAtQuestion(replacement), scope);
  const outcome = flag === undefined ? undefined : "end";
  return (r, run) => {
    const [uri, newArgs] = joinParts(r, pieces);
    if (newArgs !== undefined) r.args = keepsArgs && r.args !== "" ? `${newArgs}&${r.args}` : newArgs;
    else if (!keepsArgs) r.args = "";
    r.uri = uri;
    r.isInternal = true;
    r.uriChanged = true;
    run.uriChanged = flag !== "break";
    if (flag === "break") r.isLocationValid = false;
    run.escapesCaptures = false;
    if (isLogged) logRequestError(r, "notice", `rewritten data: "${uri}", args: "${r.args}"`);
    if (uri === "") {
      logRequestError(r, "error", "the rewritten URI has a zero length");
      return 500;
    }
    return outcome;
  };
}

function compileRedirect({ replacement, keepsArgs, flag }: Rewrite, isLogged: boolean, scope: Scope): Step {
  const pieces = compilePieces(replacement, scope);
  const status = flag === "permanent" ? 301 : 302;
  const joint = replacement.parts.some((part) => typeof part === "string" && part.includes("?")) ? "&" : "?";
  return (r) => {
    const target = unescapeRedirect(joinPieces(r, pieces, true));
    const location = keepsArgs && r.args !== "" ? target + joint + r.args : target;
    if (isLogged) logRequestError(r, "notice", `rewritten redirect: "${location}"`);
    return redirectResponse(r, status, locationText(location));
  };
}

/** The first literal "?" is a part of its own, so that it is found without looking into variables' values; nginx takes further ones as text. */
function splitAtQuestion(text: TemplateText): TemplateText {
  let isSplit = false;
  const parts = text.parts.flatMap((part): TemplateText["parts"] => {
    const at = typeof part === "string" && !isSplit ? part.indexOf("?") : -1;
    if (typeof part !== "string" || at === -1) return [part];
    isSplit = true;
    return [part.slice(0, at), "?", part.slice(at + 1)].filter((piece) => piece !== "");
  });
  return { ...text, parts };
}

/** The URI, and the arguments where the replacement has a "?". */
function joinParts(r: RequestContext, pieces: readonly Piece[]): readonly [uri: string, args: string | undefined] {
  let text = "";
  let argsAt = -1;
  for (const piece of pieces) {
    if (piece === "?" && argsAt === -1) argsAt = text.length;
    else text += evaluatePiece(r, piece, argsAt !== -1);
  }
  return argsAt === -1 ? [text, undefined] : [text.slice(0, argsAt), text.slice(argsAt)];
}

/** Undoes the escapes of what a URL shows as itself, up to a "?" (nginx: NGX_UNESCAPE_REDIRECT). */
function unescapeRedirect(text: string): string {
  let plain = "";
  let from = 0;
  for (const { 0: found, 1: hex, index } of text.matchAll(/%([0-9A-Fa-f]{2})|\?/g)) {
    if (found === "?") break;
    const code = Number.parseInt(hex ?? "", 16);
    if (code <= 0x25 || code >= 0x7f) continue;
    plain += text.slice(from, index) + String.fromCharCode(code);
    from = index + found.length;
    if (code === 0x3f) break;
  }
  return plain + text.slice(from);
}

function readFlag(arg: Arg, report: Report): Rewrite["flag"] | "unknown" {
  switch (arg.text) {
    case "last":
    case "break":
    case "redirect":
    case "permanent":
      return arg.text;
    default:
      report.error(`invalid parameter "${arg.text}"`, arg.span);
      return "unknown";
  }
}

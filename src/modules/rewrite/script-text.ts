/** Text as rewrite scripts evaluate it: captures are escaped again where the request's path came escaped (nginx: ngx_http_script.c). */

import type { TemplateText } from "../../config/template-text.ts";
import { escapeUri } from "../../http/message/escape.ts";
import type { Scope } from "../../http/module.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { Evaluate } from "../../http/template.ts";

/** A literal text, a capture by its number, or any other variable. */
export type Piece = string | number | Evaluate;

/** `escapesCaptures`: captures become query text, as they do in redirects, in arguments and in what `set` keeps. */
export type ScriptText = (r: RequestContext, escapesCaptures: boolean) => string;

export function compileScriptText(text: TemplateText, scope: Scope): ScriptText {
  if (!text.parts.some(isCapture)) {
    const { constant, evaluate } = scope.template(text);
    return constant === undefined ? evaluate : () => constant;
  }
  const pieces = compilePieces(text, scope);
  return (r, escapesCaptures) => joinPieces(r, pieces, escapesCaptures);
}

export function compilePieces(text: TemplateText, scope: Scope): readonly Piece[] {
  return text.parts.map((part) => {
    if (typeof part === "string") return part;
    if (isCapture(part)) return Number(part.variable);
    return scope.template({ text: `$${part.variable}`, span: part.span, parts: [part] }).evaluate;
  });
}

export function joinPieces(r: RequestContext, pieces: readonly Piece[], escapesCaptures: boolean): string {
  let text = "";
  for (const piece of pieces) text += evaluatePiece(r, piece, escapesCaptures);
  return text;
}

export function evaluatePiece(r: RequestContext, piece: Piece, escapesCaptures: boolean): string {
  if (typeof piece === "string") return piece;
  if (typeof piece === "function") return piece(r);
  const capture = r.captures?.[piece] ?? "";
  return escapesCaptures && cameEscaped(r.head.target) ? escapeUri(capture, "args") : capture;
}

const ESCAPED_PATH = /^[^?#]*[%+]/;

/** nginx: r->quoted_uri or r->plus_in_uri. */
function cameEscaped(target: string): boolean {
  return ESCAPED_PATH.test(target);
}

function isCapture(part: TemplateText["parts"][number]): boolean {
  return typeof part !== "string" && /^[1-9]$/.test(part.variable);
}

/** `add_header`, `add_trailer` and `expires`: fields added to answers (nginx: ngx_http_headers_module). */

import { type Block, settings } from "../config/bind.ts";
import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { Report } from "../config/report.ts";
import type { Span } from "../config/source.ts";
import { parseTemplateText, type TemplateText } from "../config/template-text.ts";
import type { Arg } from "../config/tree.ts";
import { oneOf } from "../config/values.ts";
import { parseHttpDate } from "../http/message/http-date.ts";
import { defineModule, type Scope } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import { isBodyStream, isSliceable, type Response } from "../http/response.ts";
import type { Evaluate } from "../http/template.ts";
import { type ByteTransform, TransformedStream } from "../http/transformed-stream.ts";
import { compileExpires, readExpires } from "./headers/expires.ts";
import { linesInForce, linesLost } from "./headers/inherit-fields.ts";

const EVERYWHERE = { in: ["http", "server", "location", "if in location"] } as const;

const INHERIT = { ...EVERYWHERE, value: oneOf("on", "off", "merge"), default: "on" as const };

const headersDirectives = defineDirectives({
  add_header: many({ ...EVERYWHERE, parse: readField, arity: [2, 3], syntax: "name value [always]" }),
  add_header_inherit: one(INHERIT),
  add_trailer: many({ ...EVERYWHERE, parse: readField, arity: [2, 3], syntax: "name value [always]" }),
  add_trailer_inherit: one(INHERIT),
  expires: one({ ...EVERYWHERE, parse: readExpires, arity: [1, 2], syntax: "[modified] time | epoch | max | off" }),
});

/** One `add_header` or `add_trailer`. */
interface FieldLine {
  readonly name: string;
  readonly value: TemplateText;
  /** Added whatever the status, not only to good answers. */
  readonly always: boolean;
  readonly span: Span;
}

interface CompiledLine {
  readonly name: string;
  readonly lowerName: string;
  readonly evaluate: Evaluate;
  readonly always: boolean;
}

/** What is added without "always" is added to these. */
const GOOD_STATUSES: ReadonlySet<number> = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);

const LINE_BREAKING = /[\0\r\n]/g;

export const headersModule = defineModule({
  name: "headers",
  directives: headersDirectives,
  filter(conf, scope) {
    warnOfLostFields(scope);
    const fields = linesInForce(scope.block, headerLayerOf).map((line) => compileLine(line, scope));
    const trailers = linesInForce(scope.block, trailerLayerOf).map((line) => compileLine(line, scope));
    const expire = conf.expires === undefined ? undefined : compileExpires(conf.expires, scope);
    if (fields.length === 0 && trailers.length === 0 && expire === undefined) return undefined;
    return (r, response) => {
      // nginx: a subrequest's fields reach no client.
      if (r.parent !== undefined) return response;
      const isGood = GOOD_STATUSES.has(response.status);
      if (isGood) expire?.(r, response);
      for (const line of fields) if (isGood || line.always) addField(r, response, line);
      addTrailers(r, response, isGood ? trailers : trailers.filter((line) => line.always));
      return response;
    };
  },
});

/** An empty value adds nothing; an empty Last-Modified or ETag takes away what the answer had. */
function addField(r: RequestContext, response: Response, line: CompiledLine): void {
  const value = fieldText(line.evaluate(r));
  switch (line.lowerName) {
    case "last-modified":
      response.lastModified = value === "" ? -1 : (parseHttpDate(value) ?? -1);
      response.lastModifiedText = value === "" ? undefined : value;
      return;
    case "etag":
      if (value === "") response.clearField("ETag");
      else response.setEtag(value);
      return;
    default:
      if (value !== "") response.fields.push(line.name, value);
  }
}

/** nginx evaluates trailers when the body is over; here those of a body that arrives over time, but for files, of which ranges may be cut. */
function addTrailers(r: RequestContext, response: Response, lines: readonly CompiledLine[]): void {
  if (lines.length === 0) return;
  response.trailers ??= [];
  const trailers = response.trailers;
  const evaluate = (): void => {
    for (const line of lines) {
      const value = fieldText(line.evaluate(r));
      if (value !== "") trailers.push(line.name, value);
    }
  };
  const { body } = response;
  if (isBodyStream(body) && !isSliceable(body)) response.body = new TransformedStream(body, whenOver(evaluate));
  else evaluate();
}

const NOTHING = Buffer.alloc(0);

/** Changes nothing, and calls when the body has come to its end. */
function whenOver(call: () => void): ByteTransform {
  const flush = (): Buffer => {
    call();
    return NOTHING;
  };
  return { push: (piece) => piece, flush };
}

/** No request may begin a field line of its own: bytes that would are sent as spaces. */
function fieldText(value: string): string {
  return value.replace(LINE_BREAKING, " ");
}

function headerLayerOf(block: Block): { readonly rule: "on" | "off" | "merge"; readonly own: readonly FieldLine[] | undefined } {
  const conf = settings(block, headersDirectives);
  return { rule: conf.add_header_inherit, own: block.origins["add_header"] === undefined ? undefined : conf.add_header };
}

function trailerLayerOf(block: Block): { readonly rule: "on" | "off" | "merge"; readonly own: readonly FieldLine[] | undefined } {
  const conf = settings(block, headersDirectives);
  return { rule: conf.add_trailer_inherit, own: block.origins["add_trailer"] === undefined ? undefined : conf.add_trailer };
}

function compileLine(line: FieldLine, scope: Scope): CompiledLine {
  const { name, always } = line;
  return { name, lowerName: name.toLowerCase(), evaluate: scope.template(line.value).evaluate, always };
}

function warnOfLostFields(scope: Scope): void {
  const own = settings(scope.block, headersDirectives).add_header;
  const kept = new Set(own.map((line) => line.name.toLowerCase()));
  const lost = linesLost(scope.block, headerLayerOf).filter((line) => !kept.has(line.name.toLowerCase()));
  const [first] = own;
  if (lost.length === 0 || first === undefined) return;
  const names = [...new Set(lost.map((line) => `"${line.name}"`))].join(", ");
  const message = `"add_header" here drops the outer ones: ${names}`;
  scope.report({ level: "warn", code: "lost-headers", message, span: first.span, hint: "add_header_inherit merge; keeps them" });
}

function readField(args: readonly Arg[], report: Report): FieldLine | undefined {
  const [name, valueArg, always] = args;
  if (name === undefined || valueArg === undefined) return undefined;
  if (always !== undefined && always.text !== "always") return report.error(`invalid parameter "${always.text}"`, always.span);
  if (!/^[^\0-\x20:\x7f]+$/.test(name.text)) return report.error(`invalid field name "${name.text}"`, name.span);
  const value = parseTemplateText(valueArg, report);
  return value === undefined ? undefined : { name: name.text, value, always: always !== undefined, span: report.span };
}

/** `charset`: names the charset of answers, and recodes them where a `charset_map` says how (nginx: ngx_http_charset_module). */

import { defineDirectives, manyLines, one } from "../config/define-directives.ts";
import type { TemplateText } from "../config/template-text.ts";
import { either } from "../config/value.ts";
import { flag, keyword, template } from "../config/values.ts";
import { type ContentTypes, compileContentTypes, contentTypesDirective, hasTypeOf } from "../http/content-types.ts";
import { type Declaration, defineModule, type Scope } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import { isSliceable, type Response } from "../http/response.ts";
import type { Evaluate, Template } from "../http/template.ts";
import { transformBody } from "../http/transformed-stream.ts";
import { createRecoding } from "./charset/recode.ts";
import { type RecodeTable, readCharsetMap } from "./charset/recode-table.ts";
import { RecodedFile } from "./charset/recoded-file.ts";

const EVERYWHERE = { in: ["http", "server", "location", "if in location"] } as const;

const DEFAULT_TYPES = ["text/xml", "text/plain", "text/vnd.wap.wml", "application/javascript", "application/rss+xml"];

const charsetDirectives = defineDirectives({
  charset: one({ ...EVERYWHERE, value: either(keyword("off"), template()), default: "off" as const }),
  charset_map: manyLines({ in: ["http"], arity: 2, inherits: false, parse: readCharsetMap, syntax: "charset1 charset2 { ... }" }),
  charset_types: contentTypesDirective(),
  override_charset: one({ ...EVERYWHERE, value: flag(), default: false }),
  source_charset: one({ ...EVERYWHERE, value: template() }),
});

/** By `tableName` of its two charsets. */
const TABLES: Declaration<RecodeTable> = { kind: "charset_map" };

/** Pairs that were found to have no map: each is reported once. */
const MISSING: Declaration<true> = { kind: "missing charset_map" };

/** What a location's filter closes over. */
interface Rules {
  readonly charset: Evaluate;
  readonly source: Evaluate | undefined;
  readonly types: ContentTypes;
  readonly overrides: boolean;
  readonly find: (from: string, to: string) => RecodeTable | undefined;
}

export const charsetModule = defineModule({
  name: "charset",
  directives: charsetDirectives,
  declare(conf, scope) {
    for (const { from, to, forward, back } of conf.charset_map) {
      const isNew = scope.declare(TABLES, tableName(from, to), forward) && scope.declare(TABLES, tableName(to, from), back);
      if (isNew) continue;
      const message = `duplicate "charset_map" between "${from}" and "${to}"`;
      const span = scope.originOf("charset_map");
      scope.report({ level: "emerg", code: "duplicate-charset-map", message, ...(span === undefined ? {} : { span }) });
    }
  },
  filter(conf, scope) {
    if (conf.charset === "off") return undefined;
    const charset = scope.template(conf.charset);
    const source = conf.source_charset === undefined ? undefined : scope.template(conf.source_charset);
    checkMap(source, charset, conf.charset, scope);
    const rules: Rules = {
      charset: charset.evaluate,
      source: source?.evaluate,
      types: compileContentTypes(conf.charset_types, DEFAULT_TYPES),
      overrides: conf.override_charset,
      find: (from, to) => scope.find(TABLES, tableName(from, to)),
    };
    return (r, response) => apply(r, response, rules);
  },
});

function apply(r: RequestContext, response: Response, rules: Rules): Response {
  const { contentType } = response;
  if (contentType === undefined) return response;
  const stated = r.upstreamHead === undefined ? undefined : statedCharset(contentType);
  if (stated === undefined ? !hasBareType(response, rules.types) : !rules.overrides) return response;
  const charset = rules.charset(r);
  if (charset === "") return response;
  const source = stated ?? rules.source?.(r) ?? "";
  if (source !== "" && !isSame(source, charset)) {
    // Compressed bytes are none of the source's characters.
    if (response.field("Content-Encoding") !== undefined) return response;
    const table = rules.find(source, charset);
    if (table === undefined) {
      logRequestError(r, "error", `no "charset_map" between the charsets "${source}" and "${charset}" while sending response to client`);
      return response;
    }
    recode(response, table);
  }
  // nginx: old browsers took a redirect's charset for that of the page behind it
  if (response.status !== 301 && response.status !== 302) response.contentType = `${bareType(contentType)}; charset=${charset}`;
  return response;
}

/** The bytes change, and with UTF-8 their number; nginx leaves the validators as they are. */
function recode(response: Response, table: RecodeTable): void {
  const { body } = response;
  if (table.kind !== "bytes") response.contentLength = -1;
  if (body === undefined) return;
  response.body = table.kind === "bytes" && isSliceable(body) ? new RecodedFile(body, table) : transformBody(body, createRecoding(table));
}

/** nginx: a type that has other parameters is none of `charset_types`. */
function hasBareType(response: Response, types: ContentTypes): boolean {
  return response.contentType?.includes(";") !== true && hasTypeOf(response, types);
}

function statedCharset(contentType: string): string | undefined {
  return /; *charset="?([^";]+)/i.exec(contentType)?.[1]?.trimEnd();
}

function bareType(contentType: string): string {
  const parameters = contentType.indexOf(";");
  return parameters === -1 ? contentType : contentType.slice(0, parameters).trimEnd();
}

/** Two charsets that are known now need a map now. */
function checkMap(source: Template | undefined, charset: Template, written: TemplateText, scope: Scope): void {
  const from = source?.constant;
  const to = charset.constant;
  if (from === undefined || to === undefined || isSame(from, to) || scope.find(TABLES, tableName(from, to)) !== undefined) return;
  if (!scope.declare(MISSING, tableName(from, to), true)) return;
  const message = `no "charset_map" between the charsets "${from}" and "${to}"`;
  scope.report({ level: "emerg", code: "no-charset-map", message, ...(written.span === undefined ? {} : { span: written.span }) });
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function tableName(from: string, to: string): string {
  return `${from} ${to}`.toLowerCase();
}

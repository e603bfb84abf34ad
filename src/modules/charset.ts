/** `charset`: names the charset of answers, and recodes them where a `charset_map` says how (nginx: ngx_http_charset_module). */

import { defineDirectives, manyLines, one } from "../config/define-directives.ts";
import type { TemplateText } from "../config/template-text.ts";
import { either } from "../config/value.ts";
import { flag, keyword, template } from "../config/values.ts";
import { type ContentTypes, compileContentTypes, contentTypesDirective, hasTypeOf } from "../http/content-types.ts";
import { type Declaration, defineModule, type Scope } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import { requestedCharset } from "../http/requested-charset.ts";
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

/** Every charset that the configuration names, lower-case: an application may ask for no other. */
const CHARSETS: Declaration<true> = { kind: "charset" };

/** What a location's filter closes over. */
interface Rules {
  /** Undefined: `off`. */
  readonly charset: Evaluate | undefined;
  readonly source: Evaluate | undefined;
  readonly types: ContentTypes;
  readonly overrides: boolean;
  readonly isKnown: (charset: string) => boolean;
  readonly find: (from: string, to: string) => RecodeTable | undefined;
}

export const charsetModule = defineModule({
  name: "charset",
  directives: charsetDirectives,
  declare(conf, scope) {
    for (const written of [conf.charset, conf.source_charset]) {
      if (typeof written === "object" && isLiteral(written)) scope.declare(CHARSETS, written.text.toLowerCase(), true);
    }
    for (const { from, to, forward, back } of conf.charset_map) {
      for (const name of [from, to]) scope.declare(CHARSETS, name.toLowerCase(), true);
      const isNew = scope.declare(TABLES, tableName(from, to), forward) && scope.declare(TABLES, tableName(to, from), back);
      if (isNew) continue;
      const message = `duplicate "charset_map" between "${from}" and "${to}"`;
      const span = scope.originOf("charset_map");
      scope.report({ level: "emerg", code: "duplicate-charset-map", message, ...(span === undefined ? {} : { span }) });
    }
  },
  filter(conf, scope) {
    const known = scope.all(CHARSETS);
    if (conf.charset === "off" && known.size === 0) return undefined;
    const charset = conf.charset === "off" ? undefined : scope.template(conf.charset);
    const source = conf.source_charset === undefined ? undefined : scope.template(conf.source_charset);
    if (charset !== undefined && conf.charset !== "off") checkMap(source, charset, conf.charset, scope);
    const rules: Rules = {
      charset: charset?.evaluate,
      isKnown: (name) => known.has(name.toLowerCase()),
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
  const charset = charsetFor(r, response, stated, rules);
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
  if (response.status !== 301 && response.status !== 302) response.contentType = `${withoutCharset(contentType)}; charset=${charset}`;
  return response;
}

/** What the answer is to be in; "": it stays as it is. `stated` is what an upstream calls it. */
function charsetFor(r: RequestContext, response: Response, stated: string | undefined, rules: Rules): string {
  const requested = requestedCharset.get(r);
  if (requested !== undefined && requested !== "") {
    if (rules.isKnown(requested)) return requested;
    logRequestError(r, "error", `unknown charset "${requested}" to override while reading response header from upstream`);
    return "";
  }
  if (rules.charset === undefined) return "";
  const isAsIs = stated === undefined ? !hasBareType(response, rules.types) : !rules.overrides;
  return isAsIs ? "" : rules.charset(r);
}

/** The bytes change, and with UTF-8 their number; nginx leaves the validators as they are. */
function recode(response: Response, table: RecodeTable): void {
  const { body } = response;
  if (table.kind !== "bytes") response.contentLength = -1;
  if (body === undefined) return;
  response.body = table.kind === "bytes" && isSliceable(body) ? new RecodedFile(body, table) : transformBody(body, createRecoding(table));
}

/** nginx: a type that has other parameters is none of `charset_types`, unless all are. */
function hasBareType(response: Response, types: ContentTypes): boolean {
  return types === undefined || (response.contentType?.includes(";") !== true && hasTypeOf(response, types));
}

function statedCharset(contentType: string): string | undefined {
  // nginx takes it for the last parameter.
  return /; *charset="?(.+?)"?$/is.exec(contentType)?.[1];
}

/** nginx takes the charset for the last parameter; those before it stay. */
function withoutCharset(contentType: string): string {
  return contentType.replace(/; *charset=.*$/is, "");
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

function isLiteral(text: TemplateText): boolean {
  return text.parts.every((part) => typeof part === "string");
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function tableName(from: string, to: string): string {
  return `${from} ${to}`.toLowerCase();
}

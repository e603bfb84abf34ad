/** Compresses answers as they are sent (nginx: ngx_http_gzip_module, ngx_http_gzip_ok). */

import { defineDirectives, ignored, many, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import type { Report } from "../config/report.ts";
import type { Arg } from "../config/tree.ts";
import { flag, int, oneOf, size, words } from "../config/values.ts";
import { weakenEntityTag } from "../http/message/etag.ts";
import { defineModule } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import { isBodyStream, type Response } from "../http/response.ts";
import { translatePcre } from "../http/routing/pcre.ts";
import { acceptsGzip } from "./gzip/accepts-gzip.ts";
import { compress, createGzipCopies, type GzipCopies } from "./gzip/gzip-copies.ts";
import { GzipStream } from "./gzip/gzip-stream.ts";
import { mayCompressForProxy, PROXIED_WORDS, type ProxiedWord } from "./gzip/proxied.ts";

const LEVELS = { in: ["http", "server", "location"] } as const;

const gzipDirectives = defineDirectives({
  gzip: one({ in: ["http", "server", "location", "if in location"], value: flag(), default: false }),
  gzip_comp_level: one({ ...LEVELS, value: int(1, 9), default: 1 }),
  gzip_disable: many({ ...LEVELS, parse: readDisable, arity: [1, Infinity], syntax: "regex ..." }),
  gzip_http_version: one({ ...LEVELS, value: oneOf("1.0", "1.1"), default: "1.1" as const }),
  gzip_min_length: one({ ...LEVELS, value: size(), syntax: "length", default: 20 }),
  gzip_proxied: one({ ...LEVELS, values: words(...PROXIED_WORDS), default: ["off"] as const }),
  gzip_types: many({ ...LEVELS, parse: readTypes, arity: [1, Infinity], syntax: "mime-type ..." }),
  gzip_vary: one({ ...LEVELS, value: flag(), default: false }),
  gzip_buffers: ignored({ ...LEVELS, arity: 2, why: "zlib in Node.js sizes its own buffers" }),
});

/** What a location's filter closes over. */
interface Rules {
  readonly level: number;
  readonly bytesMin: number;
  /** Lower-case, without parameters; undefined: every type. */
  readonly types: ReadonlySet<string> | undefined;
  readonly versionMin: number;
  readonly proxied: ReadonlySet<ProxiedWord>;
  readonly disabled: readonly RegExp[];
  readonly varies: boolean;
  readonly copies: GzipCopies;
}

/** nginx: other answers are small or are not bodies. */
const STATUSES: ReadonlySet<number> = new Set([200, 403, 404]);

/** Internet Explorer 4 to 6, save 6 with Service Pack 2: `gzip_disable msie6`. */
const MSIE6 = /^(?:(?!MSIE ).)*MSIE (?:[45]\.|6\.(?!.*SV1))/s;

export const gzipModule = defineModule({
  name: "gzip",
  directives: gzipDirectives,
  filter(conf, scope) {
    if (!conf.gzip) return undefined;
    const level = conf.gzip_comp_level;
    const rules = compileRules(
      conf,
      scope.services.shared(`gzip copies of level ${level}`, () => createGzipCopies(level)),
    );
    return (r, response) => {
      if (!isWorthwhile(response, rules)) return response;
      if (rules.varies) response.fields.push("Vary", "Accept-Encoding");
      return mayCompress(r, response, rules) ? encode(r, response, rules) : response;
    };
  },
});

function compileRules(conf: SettingsOf<typeof gzipDirectives>, copies: GzipCopies): Rules {
  const types = conf.gzip_types.flat();
  return {
    level: conf.gzip_comp_level,
    bytesMin: conf.gzip_min_length,
    types: types.includes("*") ? undefined : new Set(["text/html", ...types]),
    versionMin: conf.gzip_http_version === "1.0" ? 10 : 11,
    proxied: new Set(conf.gzip_proxied),
    disabled: conf.gzip_disable.flat(),
    varies: conf.gzip_vary,
    copies,
  };
}

/** What speaks for or against an answer whoever asked for it. Events must not wait in a compressor: they never go through one. */
function isWorthwhile(response: Response, rules: Rules): boolean {
  if (!STATUSES.has(response.status)) return false;
  if (response.contentLength !== -1 && response.contentLength < rules.bytesMin) return false;
  if (response.contentType === undefined || response.field("Content-Encoding") !== undefined) return false;
  const parameters = response.contentType.indexOf(";");
  const type = (parameters === -1 ? response.contentType : response.contentType.slice(0, parameters)).trim().toLowerCase();
  return type !== "text/event-stream" && (rules.types === undefined || rules.types.has(type));
}

function mayCompress(r: RequestContext, response: Response, rules: Rules): boolean {
  const { head } = r;
  const accepted = head.field("accept-encoding");
  if (accepted === undefined || !acceptsGzip(accepted) || head.version < rules.versionMin) return false;
  if (head.field("via") !== undefined && !mayCompressForProxy(r, response, rules.proxied)) return false;
  if (rules.disabled.length === 0) return true;
  const userAgent = head.field("user-agent");
  return userAgent === undefined || !rules.disabled.some((pattern) => pattern.test(userAgent));
}

/** nginx sends compressed answers without a length, chunked. */
function encode(r: RequestContext, response: Response, rules: Rules): Response {
  const { body, contentLength } = response;
  const isFile = response.lastModified !== -1;
  response.contentLength = -1;
  response.allowsRanges = false;
  response.fields.push("Content-Encoding", "gzip");
  const etag = response.etag === undefined ? undefined : weakenEntityTag(response.etag);
  if (etag !== undefined) response.setEtag(etag);
  else response.clearField("ETag");
  if (r.method === "HEAD" || body === undefined) return response;
  if (isBodyStream(body)) response.body = new GzipStream(body, rules.level, contentLength === -1);
  else response.body = isFile ? rules.copies.find(body) : compress(body, rules.level);
  return response;
}

function readTypes(args: readonly Arg[], report: Report): readonly string[] {
  const types: string[] = [];
  for (const arg of args) {
    const type = arg.text.toLowerCase();
    if (type === "text/html" || types.includes(type)) report.warn(`duplicate MIME type "${type}"`, arg.span);
    else types.push(type);
  }
  return types;
}

function readDisable(args: readonly Arg[], report: Report): readonly RegExp[] {
  return args.flatMap((arg): readonly RegExp[] => {
    if (arg.text === "msie6") return [MSIE6];
    if (arg.text === "degradation") return [];
    const pattern = translatePcre(arg.text, { caseless: true });
    if (!("refusal" in pattern)) return [pattern.regexp];
    report.error(`${pattern.refusal.message} in "${arg.text}"`, arg.span, pattern.refusal.hint);
    return [];
  });
}

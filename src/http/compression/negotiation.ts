/** Whether a client is to get compressed content: what nginx's core decides for `gzip`, `gunzip` and `brotli` alike (nginx: ngx_http_gzip_ok). */

import { defineDirectives, many, one } from "../../config/define-directives.ts";
import type { SettingsOf } from "../../config/directive.ts";
import type { Report } from "../../config/report.ts";
import type { Arg } from "../../config/tree.ts";
import { flag, joinWords, oneOf, words } from "../../config/values.ts";
import type { RequestContext } from "../request-context.ts";
import { defineRequestSlot } from "../request-slot.ts";
import type { Response } from "../response.ts";
import { translatePcre } from "../routing/pcre.ts";
import { acceptsCoding, type ContentCoding } from "./accepts-coding.ts";
import { mayCompressForProxy, PROXIED_WORDS, type ProxiedWord } from "./proxied.ts";

const LEVELS = { in: ["http", "server", "location"] } as const;

/** They stand in the gzip module's table. */
export const negotiationDirectives = defineDirectives({
  gzip_disable: many({ ...LEVELS, parse: readDisable, arity: [1, Infinity], syntax: "regex ..." }),
  gzip_http_version: one({ ...LEVELS, value: oneOf("1.0", "1.1"), default: "1.1" as const }),
  gzip_proxied: one({ ...LEVELS, values: words(...PROXIED_WORDS), default: ["off"] as const, merge: joinWords }),
  gzip_vary: one({ ...LEVELS, value: flag(), default: false }),
});

/** What a location's filters close over. */
export interface Negotiation {
  readonly versionMin: number;
  readonly proxied: ReadonlySet<ProxiedWord>;
  readonly disabled: readonly RegExp[];
  readonly varies: boolean;
}

/** Internet Explorer 4 to 6, save 6 with Service Pack 2: `gzip_disable msie6`. */
const MSIE6 = /MSIE (?:[45]\.|6\.(?!.*SV1))/;

export function compileNegotiation(conf: SettingsOf<typeof negotiationDirectives>): Negotiation {
  return {
    versionMin: conf.gzip_http_version === "1.0" ? 10 : 11,
    proxied: new Set(conf.gzip_proxied),
    disabled: conf.gzip_disable.flat(),
    varies: conf.gzip_vary,
  };
}

export function mayEncode(r: RequestContext, response: Response, coding: ContentCoding, rules: Negotiation): boolean {
  // nginx: a part of an answer is compressed with the whole
  if (r.parent !== undefined) return false;
  const { head } = r;
  const accepted = head.field("accept-encoding");
  if (accepted === undefined || !acceptsCoding(accepted, coding) || head.version < rules.versionMin) return false;
  if (head.field("via") !== undefined && !mayCompressForProxy(r, response, rules.proxied)) return false;
  if (rules.disabled.length === 0) return true;
  const userAgent = head.field("user-agent");
  return userAgent === undefined || !rules.disabled.some((pattern) => pattern.test(userAgent));
}

/** The answer that has our Vary already. */
const varying = defineRequestSlot<Response>();

/** `gzip_vary`: said once, however many filters may change the answer's coding. */
export function addVary(r: RequestContext, response: Response, rules: Negotiation): void {
  if (!rules.varies || varying.get(r) === response) return;
  varying.set(r, response);
  response.fields.push("Vary", "Accept-Encoding");
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

/** `expires` (nginx: ngx_http_headers_module): the Expires and Cache-Control fields of an answer. */

import { parseSeconds } from "../../config/parse-number.ts";
import type { Report } from "../../config/report.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import type { Arg } from "../../config/tree.ts";
import { formatHttpDate } from "../../http/message/http-date.ts";
import type { Scope } from "../../http/module.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { Response } from "../../http/response.ts";

/** `access` and `modified` count from the answer or its Last-Modified; `daily` is a local time of day in seconds. */
type ExpiresRule =
  | { readonly kind: "off" | "epoch" | "max" }
  | { readonly kind: "access" | "modified" | "daily"; readonly seconds: number };

/** A value with variables is read for each request; one that cannot be read then sets nothing. */
export type Expires = ExpiresRule | { readonly kind: "variable"; readonly countsFrom: CountsFrom; readonly text: TemplateText };

type CountsFrom = "access" | "modified";

const SECONDS_OF_A_DAY = 86_400;

export function readExpires(args: readonly Arg[], report: Report): Expires | undefined {
  const [first, second] = args;
  if (first === undefined) return undefined;
  if (second !== undefined && first.text !== "modified") return report.error('"expires" directive invalid value', first.span);
  const countsFrom = second === undefined ? "access" : "modified";
  const text = parseTemplateText(second ?? first, report);
  if (text === undefined) return undefined;
  if (text.parts.some((part) => typeof part !== "string")) return { kind: "variable", countsFrom, text };
  const rule = parseExpires(text.text, countsFrom);
  return typeof rule === "string" ? report.error(`"expires" directive ${rule}`, text.span) : rule;
}

/** Writes the fields into an answer; undefined where there is nothing to write. */
export function compileExpires(expires: Expires, scope: Scope): ((r: RequestContext, response: Response) => void) | undefined {
  if (expires.kind === "off") return undefined;
  if (expires.kind !== "variable") return (_r, response) => writeExpires(response, expires);
  const { evaluate } = scope.template(expires.text);
  const { countsFrom } = expires;
  return (r, response) => {
    const rule = parseExpires(evaluate(r), countsFrom);
    if (typeof rule !== "string" && rule.kind !== "off") writeExpires(response, rule);
  };
}

/** A rule, or in nginx's words why there is none. */
function parseExpires(text: string, countsFrom: CountsFrom): ExpiresRule | string {
  if (countsFrom === "access" && (text === "epoch" || text === "max" || text === "off")) return { kind: text };
  const [, sign = "", time = ""] = /^([@+-]?)(.*)$/s.exec(text) ?? [];
  if (sign === "@" && countsFrom === "modified") return 'daily time cannot be used with "modified" parameter';
  const seconds = parseSeconds(time);
  if (seconds === undefined) return "invalid value";
  if (sign !== "@") return { kind: countsFrom, seconds: sign === "-" ? -seconds : seconds };
  return seconds > SECONDS_OF_A_DAY ? "daily time value must be less than 24 hours" : { kind: "daily", seconds };
}

function writeExpires(response: Response, rule: ExpiresRule): void {
  if ("seconds" in rule) {
    const now = Math.floor(Date.now() / 1000);
    const expiresAt =
      rule.kind === "daily" ? nextTimeOfDay(now, rule.seconds) : countFrom(response, rule.kind, now, rule.seconds) + rule.seconds;
    const maxAge = expiresAt - now;
    replaceFields(response, formatHttpDate(expiresAt), maxAge < 0 ? "no-cache" : `max-age=${maxAge}`);
  } else if (rule.kind === "epoch") {
    replaceFields(response, "Thu, 01 Jan 1970 00:00:01 GMT", "no-cache");
  } else if (rule.kind === "max") {
    replaceFields(response, "Thu, 31 Dec 2037 23:55:55 GMT", "max-age=315360000");
  }
}

/** nginx: "modified 0" means now. */
function countFrom(response: Response, countsFrom: CountsFrom, now: number, seconds: number): number {
  return countsFrom === "access" || response.lastModified === -1 || seconds === 0 ? now : response.lastModified;
}

function replaceFields(response: Response, expires: string, cacheControl: string): void {
  response.clearField("Expires");
  response.clearField("Cache-Control");
  response.fields.push("Expires", expires, "Cache-Control", cacheControl);
}

/** The next moment, after `now`, at which local clocks show that time (nginx: ngx_next_time). */
function nextTimeOfDay(now: number, seconds: number): number {
  const at = new Date(now * 1000);
  at.setHours(0, 0, seconds, 0);
  if (at.getTime() / 1000 <= now) at.setDate(at.getDate() + 1);
  return at.getTime() / 1000;
}

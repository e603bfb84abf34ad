/** What an application asks of us in X-Accel-* fields. */

import { InternalRedirect } from "../http/internal-redirect.ts";
import { unescapeUri } from "../http/message/escape.ts";
import type { ResponseHead } from "../http/message/response-head.ts";
import type { RequestContext } from "../http/request-context.ts";
import { requestedCharset } from "../http/requested-charset.ts";
import { requestedLimitRate } from "../http/requested-limit-rate.ts";

/** Hidden from clients unless `*_pass_header` names them. */
export const ACCEL_FIELDS = ["X-Accel-Expires", "X-Accel-Redirect", "X-Accel-Limit-Rate", "X-Accel-Buffering", "X-Accel-Charset"] as const;

/** A URI that could leave its directory (nginx: ngx_http_parse_unsafe_uri): answered 404. */
export interface UnsafeUri {
  readonly unsafeUri: string;
}

/** Where X-Accel-Redirect sends the request; undefined without the field, or when it is ignored. */
export function accelRedirect(head: ResponseHead, ignored: ReadonlySet<string>): InternalRedirect | UnsafeUri | undefined {
  const target = head.field("x-accel-redirect");
  if (target === undefined || ignored.has("x-accel-redirect")) return undefined;
  if (target.startsWith("@")) return new InternalRedirect(target);
  const question = target.indexOf("?");
  const path = unescapeUri(question === -1 ? target : target.slice(0, question));
  const args = question === -1 ? "" : target.slice(question + 1);
  if (!path.startsWith("/") || path.includes("\0") || path.split("/").includes("..")) return { unsafeUri: target };
  return new InternalRedirect(path, args);
}

/** Takes over the rate that an answer asks to be sent at, also behind an X-Accel-Redirect (nginx: ngx_http_upstream_process_limit_rate). */
export function takeAccelLimitRate(r: RequestContext, head: ResponseHead, ignored: ReadonlySet<string>): void {
  const rate = head.field("x-accel-limit-rate");
  if (rate !== undefined && /^\d+$/.test(rate) && !ignored.has("x-accel-limit-rate")) requestedLimitRate.set(r, Number(rate));
}

/** Takes over the charset that an answer asks for, for the charset module (nginx: ngx_http_upstream_process_charset). */
export function takeAccelCharset(r: RequestContext, head: ResponseHead, ignored: ReadonlySet<string>): void {
  const charset = head.field("x-accel-charset");
  if (charset !== undefined && !ignored.has("x-accel-charset")) requestedCharset.set(r, charset);
}

/** The buffering an answer asks for. Server-sent events are never held back: they are made to arrive at once. */
export function accelBuffering(
  head: ResponseHead,
  ignored: ReadonlySet<string>,
  configured: "buffered" | "unbuffered",
): "buffered" | "unbuffered" {
  const asked = ignored.has("x-accel-buffering") ? undefined : head.field("x-accel-buffering")?.toLowerCase();
  if (asked === "no") return "unbuffered";
  if (asked === "yes") return "buffered";
  return head.field("content-type")?.toLowerCase().startsWith("text/event-stream") === true ? "unbuffered" : configured;
}

/** How an answer passes: buffered, and read no faster than `*_limit_rate` says; or as it comes. */

import type { ResponseHead } from "../http/message/response-head.ts";
import type { RequestContext } from "../http/request-context.ts";
import { requestedLimitRate } from "../http/requested-limit-rate.ts";
import { accelBuffering } from "./accel-fields.ts";
import { AnswerBody, type AnswerSource } from "./answer-body.ts";
import type { ForwardSettings } from "./forward-settings.ts";

export function createAnswerBody(source: AnswerSource, r: RequestContext, head: ResponseHead, settings: ForwardSettings): AnswerBody {
  const { fields, bufferingMode, buffered, unbuffered, limitRate } = settings;
  if (accelBuffering(head, fields.ignored, bufferingMode) === "buffered") {
    return new AnswerBody(source, buffered, limitRate === undefined ? 0 : limitRate(r));
  }
  liftLimitRate(r);
  return new AnswerBody(source, unbuffered);
}

/** The same for an answer that needs no body of its own, in a location that passes answers on as they come. */
export function passWhole(r: RequestContext, head: ResponseHead, { fields }: ForwardSettings): void {
  if (accelBuffering(head, fields.ignored, "unbuffered") === "unbuffered") liftLimitRate(r);
}

/** nginx: what is passed on as it comes is not held back. */
function liftLimitRate(r: RequestContext): void {
  requestedLimitRate.set(r, 0);
}

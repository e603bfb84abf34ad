/** The access phase where more is to be done than asking each handler in turn: `satisfy any`, `auth_delay` (nginx: ngx_http_core_access_phase). */

import type { Deadlines } from "../net/deadlines.ts";
import type { Handler, Verdict } from "./phase.ts";
import { NO_CHALLENGES, type RequestContext } from "./request-context.ts";
import { logRequestError } from "./request-log.ts";

const FORBIDDEN = 403;
const UNAUTHORIZED = 401;

/** One handler for all: the first that allows is enough; when none does, the first 401 counts, else the first 403. */
export function satisfyAny(handlers: readonly Handler[]): Handler {
  return (r) => askFrom(r, handlers, 0, 0);
}

/** Answers 401 only after a while, so that passwords cannot be tried fast. */
export function delayUnauthorized(handler: Handler, delayMs: number, deadlines: Deadlines): Handler {
  const delayed = (r: RequestContext, verdict: Verdict): Verdict | Promise<Verdict> => {
    if (verdict !== UNAUTHORIZED) return verdict;
    logRequestError(r, "error", "delaying unauthorized request");
    return new Promise((resolve) => {
      const deadline = deadlines.create(() => {
        deadline.remove();
        resolve(verdict);
      });
      deadline.set(delayMs);
    });
  };
  return (r) => {
    const verdict = handler(r);
    return verdict instanceof Promise ? verdict.then((settled) => delayed(r, settled)) : delayed(r, verdict);
  };
}

/** nginx: a subrequest is part of a request that has been let in. */
export function exceptForSubrequests(handler: Handler): Handler {
  return (r) => (r.parent === undefined ? handler(r) : undefined);
}

/** `refusal`: the status that the handlers before `index` came to; 0: none of them refused. */
function askFrom(r: RequestContext, handlers: readonly Handler[], index: number, refusal: number): Verdict | Promise<Verdict> {
  let worst = refusal;
  for (let i = index; i < handlers.length; i++) {
    const verdict = (handlers[i] as Handler)(r);
    if (verdict instanceof Promise) {
      return verdict.then((settled) => (isFinal(settled) ? conclude(r, settled) : askFrom(r, handlers, i + 1, worseOf(worst, settled))));
    }
    if (isFinal(verdict)) return conclude(r, verdict);
    worst = worseOf(worst, verdict);
  }
  if (worst === FORBIDDEN) logRequestError(r, "error", "access forbidden by rule");
  return worst === 0 ? undefined : worst;
}

/** Neither declined nor refused: nothing else is asked. */
function isFinal(verdict: Verdict): boolean {
  return verdict !== undefined && verdict !== FORBIDDEN && verdict !== UNAUTHORIZED;
}

function conclude(r: RequestContext, verdict: Verdict): Verdict {
  if (verdict === "allow") r.challenges = NO_CHALLENGES;
  return verdict;
}

function worseOf(worst: number, verdict: Verdict): number {
  return typeof verdict === "number" && worst !== UNAUTHORIZED ? verdict : worst;
}

/** Holds a request back for a while (nginx: ngx_http_limit_req_delay). */

import type { Verdict } from "../../http/phase.ts";
import type { RequestContext } from "../../http/request-context.ts";

/** nginx: what is logged of a client that did not wait. */
const CLIENT_GONE = 499;

/** Resolves when the time is over, or as soon as the client has gone. */
export function waitOut(r: RequestContext, ms: number): Promise<Verdict> {
  const { exchange } = r;
  if (exchange.gone) return Promise.resolve(CLIENT_GONE);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      exchange.onGone = undefined;
      resolve(undefined);
    }, ms);
    exchange.onGone = () => {
      clearTimeout(timer);
      resolve(CLIENT_GONE);
    };
  });
}

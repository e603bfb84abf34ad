/** A subrequest whose answer is kept as text instead of being sent (nginx: NGX_HTTP_SUBREQUEST_IN_MEMORY). */

import type { InternalRedirect } from "./internal-redirect.ts";
import { streamOf } from "./joined-body.ts";
import type { RequestContext } from "./request-context.ts";
import { logRequestError } from "./request-log.ts";
import { callOf, Subrequest } from "./subrequest.ts";

/** nginx: the body of anything else is not taken. */
const GOOD_STATUS_MAX = 299;

/**
 * `done` is called once, perhaps before this returns, and never after an abort. Its latin1 text is undefined where there is no good answer, or it
 * is larger than `subrequest_output_buffer_size`, which is logged. The subrequest is for aborting; undefined: nested too deep, which is logged.
 */
export function collectAnswer(
  parent: RequestContext,
  target: InternalRedirect,
  done: (text: string | undefined, status: number) => void,
): Subrequest | undefined {
  const subrequest: Subrequest = new Subrequest(parent, callOf(target), {
    answered: (response) => {
      const stream = streamOf(response.body);
      const bytesMax = subrequest.r.location.settings.subrequestBytesMax;
      let text = "";
      let isOver = false;
      const finish = (result: string | undefined): void => {
        if (isOver) return;
        isOver = true;
        subrequest.finish();
        done(result, response.status);
      };
      if (response.status > GOOD_STATUS_MAX) {
        stream.abort();
        finish(undefined);
        return;
      }
      stream.start({
        write: (chunk) => {
          if (isOver) return true;
          text += chunk.toString("latin1");
          if (text.length <= bytesMax) return true;
          logRequestError(subrequest.r, "error", "too big subrequest response");
          stream.abort();
          finish(undefined);
          return true;
        },
        end: () => finish(text),
        fail: () => finish(undefined),
      });
    },
    unanswered: (status) => done(undefined, status),
  });
  return subrequest.start() ? subrequest : undefined;
}

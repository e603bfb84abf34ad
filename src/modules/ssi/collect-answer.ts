/** A subrequest whose answer becomes a variable: `include … set` (nginx: NGX_HTTP_SUBREQUEST_IN_MEMORY). */

import type { InternalRedirect } from "../../http/internal-redirect.ts";
import { streamOf } from "../../http/joined-body.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { logRequestError } from "../../http/request-log.ts";
import { callOf, Subrequest } from "../../http/subrequest.ts";

/** nginx: the body of anything else is not taken. */
const GOOD_STATUS_MAX = 299;

/** `done` gets undefined where there is no good answer, or it is larger than `bytesMax`. The subrequest is for aborting; undefined: nested too deep. */
export function collectAnswer(
  parent: RequestContext,
  target: InternalRedirect,
  bytesMax: number,
  done: (text: string | undefined) => void,
): Subrequest | undefined {
  const subrequest: Subrequest = new Subrequest(parent, callOf(target), {
    answered: (response) => {
      const stream = streamOf(response.body);
      let text = "";
      let isOver = false;
      const finish = (result: string | undefined): void => {
        if (isOver) return;
        isOver = true;
        subrequest.finish();
        done(result);
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
    unanswered: () => done(undefined),
  });
  return subrequest.start() ? subrequest : undefined;
}

/** `post_action`: what is asked when a request is over, in the background (nginx: ngx_http_core_module; not documented there). */

import { defineDirectives, one } from "../config/define-directives.ts";
import { text } from "../config/values.ts";
import { InternalRedirect } from "../http/internal-redirect.ts";
import { defineModule } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import { createBackgroundCount, runInBackground } from "../http/run-in-background.ts";

/** `return 444` and what closes a connection unheard is followed by nothing. */
const NO_ANSWER = 444;

export const postActionModule = defineModule({
  name: "post_action",
  directives: defineDirectives({
    post_action: one({ in: ["http", "server", "location", "if in location"], value: text(), syntax: "uri | @name" }),
  }),
  log(conf, scope) {
    const uri = conf.post_action;
    if (uri === undefined || uri === "") return undefined;
    const count = scope.services.shared("background subrequests", createBackgroundCount);
    const call = { target: new InternalRedirect(uri), body: "request's" } as const;
    return (r) => {
      if (r.parent !== undefined || r.trace !== undefined || r.status === NO_ANSWER) return;
      runInBackground(r, call, count, (subrequest) => continueFrom(r, subrequest));
    };
  },
});

/** nginx: it is the same request still, so that it can tell of its end: $status, $body_bytes_sent, $request_completion, $upstream_status. */
function continueFrom(r: RequestContext, subrequest: RequestContext): void {
  subrequest.status = r.status;
  subrequest.bytesSent = r.bytesSent;
  subrequest.bodyBytesSent = r.bodyBytesSent;
  subrequest.isComplete = r.isComplete;
  subrequest.upstreamHead = r.upstreamHead;
  if (r.upstreamStates !== undefined) subrequest.upstreamStates = [...r.upstreamStates];
}

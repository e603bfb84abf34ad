/** `empty_gif`: a transparent pixel (nginx: ngx_http_empty_gif_module). */

import { defineDirectives, many } from "../config/define-directives.ts";
import { defineModule } from "../http/module.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { fullResponse } from "../http/response.ts";

/** One transparent pixel in a palette of black and white: 43 bytes, the same as nginx's. */
const PIXEL = Buffer.from("R0lGODlhAQABAIABAAAAAP///yH5BAEAAAEALAAAAAABAAEAAAICTAEAOw==", "base64");

/** The date that nginx gives it: 28 September 1970. */
const LAST_MODIFIED_SECONDS = 23_349_600;

// nginx minds no second one.
const directives = defineDirectives({ empty_gif: many({ in: ["location"], args: {}, inherits: "pseudo" }) });

export const emptyGifModule = defineModule({
  name: "empty_gif",
  directives,
  pass: (conf) => (conf.empty_gif.length > 0 ? servePixel : undefined),
});

function servePixel(r: RequestContext): Verdict {
  if (r.method !== "GET" && r.method !== "HEAD") return 405;
  const response = fullResponse(200, "image/gif", PIXEL);
  response.lastModified = LAST_MODIFIED_SECONDS;
  if (r.method === "HEAD") response.body = undefined;
  return response;
}

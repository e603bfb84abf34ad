/** `add_before_body`, `add_after_body`: what other locations answer is put around a body (nginx: ngx_http_addition_module). */

import { defineDirectives, one } from "../config/define-directives.ts";
import { text } from "../config/values.ts";
import { compileContentTypes, contentTypesDirective, hasTypeOf } from "../http/content-types.ts";
import { InternalRedirect } from "../http/internal-redirect.ts";
import { JoinedBody, streamOf } from "../http/joined-body.ts";
import { defineModule } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { BodyStream, Response } from "../http/response.ts";
import { callOf } from "../http/subrequest.ts";
import { SubrequestPart } from "../http/subrequest-part.ts";
import { weakenEtag } from "../http/weaken-etag.ts";

const LOCATIONS = ["http", "server", "location"] as const;

export const additionModule = defineModule({
  name: "addition",
  directives: defineDirectives({
    add_before_body: one({ in: LOCATIONS, value: text(), syntax: "uri", default: "" }),
    add_after_body: one({ in: LOCATIONS, value: text(), syntax: "uri", default: "" }),
    addition_types: contentTypesDirective(),
  }),
  filter(conf) {
    const { add_before_body: before, add_after_body: after } = conf;
    if (before === "" && after === "") return undefined;
    const types = compileContentTypes(conf.addition_types);
    return (r, response) => {
      if (response.status !== 200 || r.parent !== undefined || !hasTypeOf(response, types)) return response;
      return surround(r, response, before, after);
    };
  },
});

/** nginx: an empty URI adds nothing. */
function surround(r: RequestContext, response: Response, before: string, after: string): Response {
  response.contentLength = -1;
  response.allowsRanges = false;
  response.clearField("Accept-Ranges");
  weakenEtag(response);
  if (r.head.method === "HEAD") return response;
  const partsOf = (uri: string): readonly BodyStream[] => (uri === "" ? [] : [new SubrequestPart(r, callOf(new InternalRedirect(uri)))]);
  const body = new JoinedBody([...partsOf(before), streamOf(response.body), ...partsOf(after)]);
  body.close();
  response.body = body;
  return response;
}

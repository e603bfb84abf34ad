/** Conditional requests: 304 and 412 (RFC 9110 section 13; nginx: ngx_http_not_modified_filter_module). */

import { fileDirectives } from "../http/core/file.ts";
import { specialResponse } from "../http/core/special-response.ts";
import { evaluatePreconditions, type ModifiedSinceRule } from "../http/message/conditional.ts";
import { defineModule } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import { isBodyStream, type Response } from "../http/response.ts";

export const notModifiedModule = defineModule({
  name: "not_modified",
  directives: {},
  reads: [fileDirectives],
  filter(_conf, scope) {
    const rule = scope.settings(fileDirectives).if_modified_since;
    return (r, response) =>
      response.status === 200 && !response.isErrorPage && !response.disablesConditions && r.parent === undefined
        ? judge(r, response, rule)
        : response;
  },
});

function judge(r: RequestContext, response: Response, rule: ModifiedSinceRule): Response {
  const { head } = r;
  const ifModifiedSince = head.field("if-modified-since");
  const ifNoneMatch = head.field("if-none-match");
  const ifUnmodifiedSince = head.field("if-unmodified-since");
  const ifMatch = head.field("if-match");
  if (ifModifiedSince === undefined && ifNoneMatch === undefined && ifUnmodifiedSince === undefined && ifMatch === undefined)
    return response;
  const wanted = { ifMatch, ifUnmodifiedSince, ifNoneMatch, ifModifiedSince };
  switch (evaluatePreconditions(wanted, { modifiedSeconds: response.lastModified, entityTag: response.etag }, rule)) {
    case 200:
      return response;
    case 304:
      return asNotModified(response);
    case 412:
      return asFailed(r, response);
  }
}

function asNotModified(response: Response): Response {
  if (isBodyStream(response.body)) response.body.abort();
  response.status = 304;
  response.reason = undefined;
  response.body = undefined;
  response.contentLength = -1;
  response.contentType = undefined;
  response.allowsRanges = false;
  response.clearField("Content-Encoding");
  return response;
}

function asFailed(r: RequestContext, response: Response): Response {
  if (isBodyStream(response.body)) response.body.abort();
  const page = specialResponse(r, 412);
  page.onDone = response.onDone;
  return page;
}

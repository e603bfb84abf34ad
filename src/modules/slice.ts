/** `slice`: large files are asked for in pieces that can be kept each by itself (nginx: ngx_http_slice_module). */

import { defineDirectives, one } from "../config/define-directives.ts";
import { size } from "../config/values.ts";
import { bufferedRequestBody } from "../http/buffered-request-body.ts";
import { specialResponse } from "../http/core/special-response.ts";
import { streamOf } from "../http/joined-body.ts";
import { defineLocationValue } from "../http/location-value.ts";
import { parseHttpDate } from "../http/message/http-date.ts";
import { defineModule } from "../http/module.ts";
import { NO_REQUEST_BODY } from "../http/no-request-body.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import { defineRequestSlot } from "../http/request-slot.ts";
import { isBodyStream, type Response } from "../http/response.ts";
import { SubrequestPart } from "../http/subrequest-part.ts";
import { SliceBody } from "./slice/slice-body.ts";
import { firstSliceStart, readExtent, renderSliceRange, type Slice } from "./slice/slice-range.ts";

/** There from the moment that `$slice_range` was asked for: without it a location answers as if it knew no slices. */
const slices = defineRequestSlot<Slice>();
const sizes = defineLocationValue<number>();

export const sliceModule = defineModule({
  name: "slice",
  directives: defineDirectives({
    slice: one({ in: ["http", "server", "location"], value: size(), default: 0 }),
  }),
  declare: (conf, scope) => sizes.keep(scope, conf.slice),
  variables: {
    slice_range: (r) => {
      const slice = slices.get(r) ?? beginSlices(r);
      return slice === undefined ? "" : renderSliceRange(slice);
    },
  },
  filter: (conf) => (conf.slice === 0 ? undefined : joinSlices),
});

function beginSlices(r: RequestContext): Slice | undefined {
  const size = sizes.get(r) ?? 0;
  if (size === 0 || r.parent !== undefined || r.response !== undefined) return undefined;
  const slice: Slice = { size, start: firstSliceStart(r.head, size), etag: undefined };
  slices.set(r, slice);
  return slice;
}

/** The first slice's answer becomes that of the whole. An upstream that knows no ranges has sent the whole already. */
function joinSlices(r: RequestContext, response: Response): Response {
  const slice = slices.get(r);
  if (slice === undefined || r.parent !== undefined || response.status !== 206) return response;
  const extent = readExtent(response, slice);
  if (typeof extent === "string") return refuse(r, response, extent);
  const { size } = slice;
  const etag = response.field("ETag");
  response.status = 200;
  response.reason = undefined;
  response.contentLength = extent.length;
  response.etag = etag;
  if (response.lastModifiedText !== undefined) response.lastModified = parseHttpDate(response.lastModifiedText) ?? -1;
  response.clearField("Content-Range");
  response.clearField("Accept-Ranges");
  response.allowsRanges = true;
  response.allowsOneRange = true;
  if (response.body === undefined) return response;
  response.body = new SliceBody(streamOf(response.body), extent, size, (start) => askSlice(r, { size, start, etag }));
  return response;
}

function askSlice(r: RequestContext, slice: Slice): SubrequestPart {
  const { buffered } = r.exchange.body;
  const body = buffered === undefined ? NO_REQUEST_BODY : bufferedRequestBody(buffered);
  const part: SubrequestPart = new SubrequestPart(r, { target: "same content", method: r.method, body, lifetime: "request" }, (answer) => {
    const extent = readExtent(answer, slice);
    if (typeof extent !== "string") return undefined;
    logRequestError(part.subrequest.r, "error", extent);
    return new Error(extent);
  });
  slices.set(part.subrequest.r, slice);
  return part;
}

function refuse(r: RequestContext, response: Response, why: string): Response {
  logRequestError(r, "error", why);
  if (isBodyStream(response.body)) response.body.abort();
  const page = specialResponse(r, 502);
  page.onDone = response.onDone;
  return page;
}

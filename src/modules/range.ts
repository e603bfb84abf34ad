/** Byte ranges: 206, multipart/byteranges and 416 (RFC 9110 section 14; nginx: ngx_http_range_filter_module). */

import { fileDirectives } from "../http/core/file.ts";
import { specialResponse } from "../http/core/special-response.ts";
import { type ByteRange, contentRange, ifRangeHolds, layOutRanges, parseRanges, unsatisfiedRange } from "../http/message/ranges.ts";
import { defineModule } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import { type Body, type BodySlice, isBodyStream, isSliceable, type Response } from "../http/response.ts";

/** Numbers of multipart boundaries: any will do that a body is unlikely to hold. */
interface BoundaryNumbers {
  last: number;
}

/** Ten digits, as nginx's twenty begin with zeros too. */
const FIRST_BOUNDARY_MAX = 1e10;

export const rangeModule = defineModule({
  name: "range",
  directives: {},
  reads: [fileDirectives],
  filter(_conf, scope) {
    const rangesMax = scope.settings(fileDirectives).max_ranges ?? Number.POSITIVE_INFINITY;
    if (rangesMax === 0) return undefined;
    const boundaries = scope.services.shared<BoundaryNumbers>("range boundaries", () => ({
      last: Math.floor(Math.random() * FIRST_BOUNDARY_MAX),
    }));
    return (r, response) => {
      if (response.status !== 200 || !response.allowsRanges || response.contentLength === -1 || r.head.version < 10) return response;
      // nginx: a Range field asks for a part of the whole answer, not of what it is made of.
      if (r.parent !== undefined) return response;
      if (isBodyStream(response.body) && !isSliceable(response.body)) return response;
      return cut(r, response, response.allowsOneRange ? 1 : rangesMax, boundaries);
    };
  },
});

function cut(r: RequestContext, response: Response, rangesMax: number, boundaries: BoundaryNumbers): Response {
  // nginx: the first of several Range fields counts
  const wanted = r.head.fieldValues[r.head.fieldNames.indexOf("range")];
  const verdict = wanted === undefined ? "whole" : judge(r, response, wanted, rangesMax);
  if (verdict === "whole") {
    response.fields.push("Accept-Ranges", "bytes");
    return response;
  }
  if (verdict === "unsatisfiable") return refuse(r, response);
  const [only] = verdict;
  if (verdict.length === 1 && only !== undefined) return cutOne(response, only);
  return cutSeveral(response, verdict, ++boundaries.last);
}

function judge(r: RequestContext, response: Response, wanted: string, rangesMax: number): ReturnType<typeof parseRanges> {
  const ifRange = r.head.field("if-range");
  if (ifRange !== undefined && !ifRangeHolds(ifRange, response.etag, response.lastModified)) return "whole";
  return parseRanges(wanted, response.contentLength, rangesMax);
}

function cutOne(response: Response, range: ByteRange): Response {
  response.status = 206;
  response.reason = undefined;
  response.fields.push("Content-Range", contentRange(range, response.contentLength));
  response.body = slicesOf(response.body, [range]);
  response.contentLength = range.end - range.start;
  return response;
}

function cutSeveral(response: Response, ranges: readonly ByteRange[], boundary: number): Response {
  const layout = layOutRanges(ranges, response.contentLength, response.contentType ?? "", boundary);
  const slices = ranges.flatMap((range, index): readonly BodySlice[] => [layout.partHeads[index] ?? "", range]);
  response.status = 206;
  response.body = slicesOf(response.body, [...slices, layout.tail]);
  response.contentType = layout.contentType;
  response.contentLength = layout.bytes;
  return response;
}

/** The body's slices joined; a HEAD's body stays away. */
function slicesOf(body: Body, slices: readonly BodySlice[]): Body {
  if (body === undefined) return undefined;
  if (isBodyStream(body)) return isSliceable(body) ? body.slice(slices) : body;
  if (typeof body === "string")
    return slices.map((slice) => (typeof slice === "string" ? slice : body.slice(slice.start, slice.end))).join("");
  const [only] = slices;
  if (slices.length === 1 && typeof only === "object") return body.subarray(only.start, only.end);
  return Buffer.concat(
    slices.map((slice) => (typeof slice === "string" ? Buffer.from(slice, "latin1") : body.subarray(slice.start, slice.end))),
  );
}

/** nginx: the page keeps the fields that the answer had got so far, but for its validators. */
function refuse(r: RequestContext, response: Response): Response {
  if (isBodyStream(response.body)) response.body.abort();
  response.clearField("ETag");
  const page = specialResponse(r, 416);
  r.unsatisfiedRange = unsatisfiedRange(response.contentLength);
  page.fields = [...response.fields, "Content-Range", r.unsatisfiedRange];
  page.onDone = response.onDone;
  return page;
}

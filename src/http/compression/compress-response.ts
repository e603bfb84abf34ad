/** Compresses an answer as it is sent: what `gzip` and `brotli` have in common (nginx: ngx_http_gzip_filter_module, ngx_brotli). */

import { type ContentTypes, hasTypeOf, isEventStream } from "../content-types.ts";
import type { Filter } from "../phase.ts";
import type { RequestContext } from "../request-context.ts";
import { isBodyStream, type Response } from "../response.ts";
import { weakenEtag } from "../weaken-etag.ts";
import type { ContentCoding } from "./accepts-coding.ts";
import type { CompressedCopies } from "./compressed-copies.ts";
import { noteCompression } from "./compression-ratio.ts";
import { addVary, mayEncode, type Negotiation } from "./negotiation.ts";
import { type OpenZlib, ZlibStream } from "./zlib-stream.ts";

/** How a location compresses, and what. */
export interface Compression {
  readonly coding: ContentCoding;
  readonly bytesMin: number;
  readonly types: ContentTypes;
  readonly open: OpenZlib;
  /** zlib's kind of flush, after which a client can read all that was sent so far. */
  readonly flush: number;
  readonly compress: (body: Buffer) => Buffer;
  readonly copies: CompressedCopies;
}

/** nginx: other answers are small or are not bodies. */
const STATUSES: ReadonlySet<number> = new Set([200, 403, 404]);

export function compressionFilter(compression: Compression, negotiation: Negotiation): Filter {
  return (r, response) => {
    // What becomes a part of another answer is compressed with it.
    if (r.parent !== undefined || !isWorthwhile(response, compression)) return response;
    addVary(r, response, negotiation);
    if (!mayEncode(r, response, compression.coding, negotiation)) return response;
    announce(response, compression.coding);
    encodeBody(r, response, compression);
    return response;
  };
}

/** What speaks for or against an answer whoever asked for it. Events must not wait in a compressor: they never go through one. */
function isWorthwhile(response: Response, { bytesMin, types }: Compression): boolean {
  if (!STATUSES.has(response.status)) return false;
  if (response.contentLength !== -1 && response.contentLength < bytesMin) return false;
  return response.field("Content-Encoding") === undefined && hasTypeOf(response, types) && !isEventStream(response);
}

function announce(response: Response, coding: ContentCoding): void {
  response.allowsRanges = false;
  response.fields.push("Content-Encoding", coding);
  weakenEtag(response);
}

/** nginx sends compressed answers without a length, chunked. */
function encodeBody(r: RequestContext, response: Response, { coding, open, flush, copies, compress }: Compression): void {
  const { body, contentLength } = response;
  response.contentLength = -1;
  if (r.method === "HEAD" || body === undefined) return;
  if (isBodyStream(body)) {
    const stream = new ZlibStream(body, open, contentLength === -1 ? flush : undefined);
    noteCompression(r, coding, stream);
    response.body = stream;
    return;
  }
  const compressed =
    response.lastModified !== -1 ? copies.find(body) : compress(typeof body === "string" ? Buffer.from(body, "latin1") : body);
  noteCompression(r, coding, { bytesIn: body.length, bytesOut: compressed.length });
  response.body = compressed;
}

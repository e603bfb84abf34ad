/** Decompresses answers for clients that cannot read gzip (nginx: ngx_http_gunzip_module). */

import { createGunzip } from "node:zlib";
import { defineDirectives, ignored, one } from "../config/define-directives.ts";
import { flag } from "../config/values.ts";
import { addVary, compileNegotiation, mayEncode, negotiationDirectives } from "../http/compression/negotiation.ts";
import { ZlibStream } from "../http/compression/zlib-stream.ts";
import { streamOf } from "../http/joined-body.ts";
import { defineModule } from "../http/module.ts";
import type { Response } from "../http/response.ts";
import { weakenEtag } from "../http/weaken-etag.ts";

const LEVELS = { in: ["http", "server", "location"] } as const;

const gunzipDirectives = defineDirectives({
  gunzip: one({ ...LEVELS, value: flag(), default: false }),
  gunzip_buffers: ignored({ ...LEVELS, arity: 2, why: "zlib in Node.js sizes its own buffers" }),
});

export const gunzipModule = defineModule({
  name: "gunzip",
  directives: gunzipDirectives,
  filter(conf, scope) {
    if (!conf.gunzip) return undefined;
    const negotiation = compileNegotiation(scope.settings(negotiationDirectives));
    return (r, response) => {
      if (response.field("Content-Encoding")?.toLowerCase() !== "gzip") return response;
      addVary(r, response, negotiation);
      return mayEncode(r, response, "gzip", negotiation) ? response : decode(response);
    };
  },
});

/** Always a stream: nobody knows how large the content will be. */
function decode(response: Response): Response {
  const { body } = response;
  response.clearField("Content-Encoding");
  response.clearField("Accept-Ranges");
  response.contentLength = -1;
  response.allowsRanges = false;
  weakenEtag(response);
  if (body === undefined || body === "") return response;
  response.body = new ZlibStream(streamOf(body), createGunzip, undefined);
  return response;
}

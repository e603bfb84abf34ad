/** Compresses answers with Brotli as they are sent: the directives of ngx_brotli's filter, under the conditions of `gzip` (github.com/google/ngx_brotli). */

import { brotliCompressSync, constants, createBrotliCompress } from "node:zlib";
import { defineDirectives, ignored, one } from "../config/define-directives.ts";
import type { Report } from "../config/report.ts";
import type { Arg } from "../config/tree.ts";
import { flag, int, size } from "../config/values.ts";
import { compressionFilter } from "../http/compression/compress-response.ts";
import { createCompressedCopies } from "../http/compression/compressed-copies.ts";
import { readCompressionRatio } from "../http/compression/compression-ratio.ts";
import { compileNegotiation, negotiationDirectives } from "../http/compression/negotiation.ts";
import { compileContentTypes, contentTypesDirective } from "../http/content-types.ts";
import { defineModule } from "../http/module.ts";

const LEVELS = { in: ["http", "server", "location"] } as const;

const WINDOW_BITS_MIN = 10;
const WINDOW_BITS_MAX = 24;

const brotliDirectives = defineDirectives({
  brotli: one({ in: ["http", "server", "location", "if in location"], value: flag(), default: false }),
  brotli_comp_level: one({ ...LEVELS, value: int(0, 11), default: 6 }),
  brotli_min_length: one({ ...LEVELS, value: size(), syntax: "length", default: 20 }),
  brotli_types: contentTypesDirective(),
  brotli_window: one({ ...LEVELS, parse: readWindowBits, arity: 1, syntax: "size", default: 19 }),
  brotli_buffers: ignored({ ...LEVELS, arity: 2, why: "Brotli in Node.js sizes its own buffers" }),
});

/** Stands before gzip: a client that takes both gets this one. */
export const brotliModule = defineModule({
  name: "brotli",
  directives: brotliDirectives,
  variables: { brotli_ratio: readCompressionRatio("br") },
  filter(conf, scope) {
    if (!conf.brotli) return undefined;
    const { brotli_comp_level: level, brotli_window: windowBits } = conf;
    const params = { [constants.BROTLI_PARAM_QUALITY]: level, [constants.BROTLI_PARAM_LGWIN]: windowBits };
    const compress = (body: Buffer): Buffer =>
      brotliCompressSync(body, { params: { ...params, [constants.BROTLI_PARAM_SIZE_HINT]: body.length } });
    const compression = {
      coding: "br" as const,
      bytesMin: conf.brotli_min_length,
      types: compileContentTypes(conf.brotli_types),
      open: () => createBrotliCompress({ params }),
      flush: constants.BROTLI_OPERATION_FLUSH,
      compress,
      copies: scope.services.shared(`brotli copies of level ${level}, window ${windowBits}`, () => createCompressedCopies(compress)),
    };
    return compressionFilter(compression, compileNegotiation(scope.settings(negotiationDirectives)));
  },
});

/** "1k" to "16m", a power of two: its exponent. */
function readWindowBits(args: readonly Arg[], report: Report): number | undefined {
  const [arg] = args;
  const bytes = arg === undefined ? undefined : size().read(arg, report);
  if (bytes === undefined) return undefined;
  const bits = Math.log2(bytes);
  if (Number.isInteger(bits) && bits >= WINDOW_BITS_MIN && bits <= WINDOW_BITS_MAX) return bits;
  return report.error("invalid value: must be 1k, 2k, 4k, 8k, 16k, 32k, 64k, 128k, 256k, 512k, 1m, 2m, 4m, 8m or 16m", arg?.span);
}

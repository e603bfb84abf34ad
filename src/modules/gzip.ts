/** Compresses answers as they are sent (nginx: ngx_http_gzip_module). */

import { constants, createGzip, gzipSync } from "node:zlib";
import { defineDirectives, ignored, one } from "../config/define-directives.ts";
import { flag, int, size } from "../config/values.ts";
import { compressionFilter } from "../http/compression/compress-response.ts";
import { createCompressedCopies } from "../http/compression/compressed-copies.ts";
import { readCompressionRatio } from "../http/compression/compression-ratio.ts";
import { compileNegotiation, negotiationDirectives } from "../http/compression/negotiation.ts";
import { compileContentTypes, contentTypesDirective } from "../http/content-types.ts";
import { defineModule } from "../http/module.ts";

const LEVELS = { in: ["http", "server", "location"] } as const;

const gzipDirectives = defineDirectives({
  ...negotiationDirectives,
  gzip: one({ in: ["http", "server", "location", "if in location"], value: flag(), default: false }),
  gzip_comp_level: one({ ...LEVELS, value: int(1, 9), default: 1 }),
  gzip_min_length: one({ ...LEVELS, value: size(), syntax: "length", default: 20 }),
  gzip_types: contentTypesDirective(),
  gzip_buffers: ignored({ ...LEVELS, arity: 2, why: "zlib in Node.js sizes its own buffers" }),
});

export const gzipModule = defineModule({
  name: "gzip",
  directives: gzipDirectives,
  variables: { gzip_ratio: readCompressionRatio("gzip") },
  filter(conf, scope) {
    if (!conf.gzip) return undefined;
    const level = conf.gzip_comp_level;
    const compress = (body: Buffer): Buffer => gzipSync(body, { level });
    const compression = {
      coding: "gzip" as const,
      bytesMin: conf.gzip_min_length,
      types: compileContentTypes(conf.gzip_types),
      open: () => createGzip({ level }),
      flush: constants.Z_SYNC_FLUSH,
      compress,
      copies: scope.services.shared(`gzip copies of level ${level}`, () => createCompressedCopies(compress)),
    };
    return compressionFilter(compression, compileNegotiation(conf));
  },
});

/** `gzip_static`: files that lie compressed beside the plain ones (nginx: ngx_http_gzip_static_module). */

import { defineDirectives, one } from "../config/define-directives.ts";
import { oneOf } from "../config/values.ts";
import { precompressedFilter, precompressedHandler } from "../http/files/precompressed.ts";
import { defineModule } from "../http/module.ts";

const directives = defineDirectives({
  gzip_static: one({ in: ["http", "server", "location"], value: oneOf("off", "on", "always"), default: "off" as const }),
});

export const gzipStaticModule = defineModule({
  name: "gzip_static",
  directives,
  phases: {
    content: ({ gzip_static: use }, scope) =>
      use === "off" ? undefined : precompressedHandler({ coding: "gzip", ending: ".gz" }, use, scope),
  },
  filter: ({ gzip_static: use }, scope) => (use === "on" ? precompressedFilter(scope) : undefined),
});

/** `brotli_static`: files that lie compressed beside the plain ones (ngx_brotli: ngx_http_brotli_static_module). */

import { defineDirectives, one } from "../config/define-directives.ts";
import { oneOf } from "../config/values.ts";
import { precompressedFilter, precompressedHandler } from "../http/files/precompressed.ts";
import { defineModule } from "../http/module.ts";

const directives = defineDirectives({
  brotli_static: one({ in: ["http", "server", "location"], value: oneOf("off", "on", "always"), default: "off" as const }),
});

export const brotliStaticModule = defineModule({
  name: "brotli_static",
  directives,
  phases: {
    content: ({ brotli_static: use }, scope) =>
      use === "off" ? undefined : precompressedHandler({ coding: "br", ending: ".br" }, use, scope),
  },
  filter: ({ brotli_static: use }, scope) => (use === "on" ? precompressedFilter(scope) : undefined),
});

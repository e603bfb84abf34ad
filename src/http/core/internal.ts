/** `internal`: a location that only internal redirects, rewrites and error pages reach (nginx: ngx_http_core_module). */

import { defineDirectives, one } from "../../config/define-directives.ts";
import type { SettingsOf } from "../../config/directive.ts";
import type { LocationSettings } from "./location-settings.ts";

export const internalDirectives = defineDirectives({
  internal: one({ in: ["location"], args: {} }),
});

export function compileInternal(conf: SettingsOf<typeof internalDirectives>): Pick<LocationSettings, "internalOnly"> {
  return { internalOnly: conf.internal };
}

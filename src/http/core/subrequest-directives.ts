/** Directives about requests that a request makes itself (nginx: ngx_http_core_module). */

import { defineDirectives, one } from "../../config/define-directives.ts";
import { flag, size } from "../../config/values.ts";

const LOCATIONS = ["http", "server", "location"] as const;

export const subrequestDirectives = defineDirectives({
  log_subrequest: one({ in: LOCATIONS, value: flag(), default: false }),
  /** Octets of an answer that is kept as a variable's value. nginx: a memory page. */
  subrequest_output_buffer_size: one({ in: LOCATIONS, value: size(), default: 4096 }),
});

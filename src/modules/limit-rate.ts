/** `limit_rate`, `limit_rate_after`: how fast an answer is sent (nginx: ngx_http_core_module, ngx_http_write_filter_module). */

import { defineDirectives, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import { constantTemplate } from "../config/template-text.ts";
import { defineModule, type Scope } from "../http/module.ts";
import type { Filter } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { requestedLimitRate } from "../http/requested-limit-rate.ts";
import { isBodyStream, type Response } from "../http/response.ts";
import { compileSize, sizeText } from "../http/size-text.ts";
import { PacedBody } from "./limit-rate/paced-body.ts";

const IN = ["http", "server", "location", "if in location"] as const;

const directives = defineDirectives({
  limit_rate: one({ in: IN, value: sizeText, default: constantTemplate("0") }),
  limit_rate_after: one({ in: IN, value: sizeText, default: constantTemplate("0") }),
});

export const limitRateModule = defineModule({
  name: "limit_rate",
  directives,
  reads: [],
  filter: createFilter,
});

/** In every location, since a request may be given a rate wherever it is. */
function createFilter(conf: SettingsOf<typeof directives>, scope: Scope): Filter {
  const ofLocation = compileSize(conf.limit_rate, scope);
  const after = compileSize(conf.limit_rate_after, scope);
  return (r, response) => {
    const rate = requestedLimitRate.get(r) ?? ofLocation(r);
    return rate === 0 ? response : pace(r, response, rate, after(r));
  };
}

function pace(r: RequestContext, response: Response, rate: number, freeBytes: number): Response {
  const { body } = response;
  if (body === undefined || r.method === "HEAD") return response;
  if (isBodyStream(body)) {
    response.body = new PacedBody(body, { rate, freeBytes });
    return response;
  }
  // What may be sent in the first second leaves at once.
  if (body.length <= rate + freeBytes) return response;
  const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
  response.body = new PacedBody(bytes, { rate, freeBytes });
  return response;
}

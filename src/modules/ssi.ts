/** `ssi`: pages with commands in them (nginx: ngx_http_ssi_module). */

import { defineDirectives, ignored, one } from "../config/define-directives.ts";
import { flag, size } from "../config/values.ts";
import { BufferStream } from "../http/buffer-stream.ts";
import { compileContentTypes, contentTypesDirective, hasTypeOf } from "../http/content-types.ts";
import { streamOf } from "../http/joined-body.ts";
import { defineLocationValue } from "../http/location-value.ts";
import { defineModule } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { BodyStream, Response } from "../http/response.ts";
import { weakenEtag } from "../http/weaken-etag.ts";
import { SsiPage, type SsiRules } from "./ssi/ssi-page.ts";
import { variableFinder } from "./ssi/ssi-values.ts";
import { strftime } from "./ssi/strftime.ts";
import { DEFAULT_TIME_FORMAT, timeFormats } from "./ssi/time-format.ts";

const LOCATIONS = ["http", "server", "location"] as const;
const WHY = "pages are read in the pieces that they come in";

/** Of locations with `ssi on`; undefined within says that an inner one has it off. */
const rulesOfLocations = defineLocationValue<SsiRules | "off">();

export const ssiModule = defineModule({
  name: "ssi",
  directives: defineDirectives({
    ssi: one({ in: [...LOCATIONS, "if in location"], value: flag(), default: false }),
    ssi_silent_errors: one({ in: LOCATIONS, value: flag(), default: false }),
    ssi_value_length: one({ in: LOCATIONS, value: size(), syntax: "length", default: 255 }),
    ssi_types: contentTypesDirective(),
    ssi_last_modified: one({ in: LOCATIONS, value: flag(), default: false }),
    ssi_min_file_chunk: ignored({ in: LOCATIONS, value: size(), why: WHY }),
    ssi_ignore_recycled_buffers: ignored({ in: LOCATIONS, value: flag(), why: WHY }),
  }),
  variables: {
    date_local: (r) => strftime(timeFormats.get(r) ?? DEFAULT_TIME_FORMAT, new Date(), "local"),
    date_gmt: (r) => strftime(timeFormats.get(r) ?? DEFAULT_TIME_FORMAT, new Date(), "gmt"),
  },
  filter(conf, scope) {
    if (!conf.ssi) {
      rulesOfLocations.keep(scope, "off");
      return undefined;
    }
    const rules: SsiRules = {
      valueLengthMax: conf.ssi_value_length,
      silentErrors: conf.ssi_silent_errors,
      findVariable: variableFinder(scope.variables),
      openStub,
    };
    rulesOfLocations.keep(scope, rules);
    const types = compileContentTypes(conf.ssi_types);
    const keepsValidators = conf.ssi_last_modified;
    return (r, response) => (hasTypeOf(response, types) ? openPage(r, response, rules, keepsValidators) : response);
  },
});

function openPage(r: RequestContext, response: Response, rules: SsiRules, keepsValidators: boolean): Response {
  response.contentLength = -1;
  response.allowsRanges = false;
  response.clearField("Accept-Ranges");
  if (keepsValidators) {
    weakenEtag(response);
  } else {
    response.lastModified = -1;
    response.lastModifiedText = undefined;
    response.clearField("ETag");
  }
  if (response.body !== undefined) response.body = new SsiPage(r, rules, streamOf(response.body));
  return response;
}

/** nginx: a block goes the way that the page it stands in for would have gone. */
function openStub(r: RequestContext, text: string): BodyStream {
  const body = new BufferStream(Buffer.from(text, "latin1"));
  const rules = rulesOfLocations.get(r);
  return rules === undefined || rules === "off" ? body : new SsiPage(r, rules, body);
}

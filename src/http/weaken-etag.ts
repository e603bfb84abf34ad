/** The validator of an answer whose body a filter changes: only the weak form still holds (nginx: ngx_http_weak_etag). */

import { weakenEntityTag } from "./message/etag.ts";
import type { Response } from "./response.ts";

/** What is no tag is dropped. */
export function weakenEtag(response: Response): void {
  // An upstream's own stands among the fields alone.
  const tag = response.field("ETag");
  if (tag === undefined) return;
  const weak = weakenEntityTag(tag);
  if (weak === undefined) response.clearField("ETag");
  else response.setEtag(weak);
}

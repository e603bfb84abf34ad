/** Variables of the request's fields: $http_name, $cookie_name, $content_length, $content_type. */

import type { RequestContext } from "../../request-context.ts";
import type { VariableTable } from "../../variables.ts";
import { readCookie } from "./read-cookie.ts";

export const requestFieldVariables = {
  content_length: (r: RequestContext) => (r.parent === undefined ? r.head.contentLength : undefined) ?? measuredLength(r),
  content_type: (r: RequestContext) => r.head.field("content-type") ?? "",
  http_host: (r: RequestContext) => r.head.host ?? "",
  http_: {
    family: (suffix: string) => {
      const find = fieldFinder(suffix);
      return (r: RequestContext) => find(r) ?? "";
    },
  },
  cookie_: { family: (suffix: string) => (r: RequestContext) => findCookie(r, suffix) ?? "" },
} satisfies VariableTable;

/** The cookie's value; undefined when the request has none of that name. */
export function findCookie(r: RequestContext, name: string): string | undefined {
  const field = r.head.field("cookie");
  return field === undefined ? undefined : readCookie(field, name);
}

/** A chunked body has a length once it was read whole; a subrequest's body is not what the client's field speaks of. */
function measuredLength(r: RequestContext): string {
  const { buffered, declaredLength } = r.exchange.body;
  if (r.parent !== undefined) return declaredLength === 0 ? "" : String(declaredLength);
  return declaredLength < 0 && buffered !== undefined ? String(buffered.length) : "";
}

/**
 * Makes the reader of $http_suffix: undefined when the request has no such field. Repeated fields are joined, as nginx does since 1.23. A "_" in
 * the suffix stands for "-" or, where such names are let in, for "_".
 */
export function fieldFinder(suffix: string): (r: RequestContext) => string | undefined {
  const lower = suffix.toLowerCase();
  const name = lower.replaceAll("_", "-");
  if (name === lower) return (r) => r.head.field(name);
  return (r) => r.head.field(name) ?? findUnderscored(r, name);
}

function findUnderscored(r: RequestContext, name: string): string | undefined {
  for (const candidate of r.head.fieldNames) {
    if (candidate.length === name.length && candidate.includes("_") && candidate.replaceAll("_", "-") === name)
      return r.head.field(candidate);
  }
  return undefined;
}

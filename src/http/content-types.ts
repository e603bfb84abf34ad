/** The types of content that a filter is for: `gzip_types`, `sub_filter_types` and their like (nginx: ngx_http_types_slot, ngx_http_test_content_type). */

import { many } from "../config/define-directives.ts";
import type { Report } from "../config/report.ts";
import type { Arg } from "../config/tree.ts";
import type { Response } from "./response.ts";

/** Lower-case, without parameters; undefined: every type. */
export type ContentTypes = ReadonlySet<string> | undefined;

/** The row of such a directive. `text/html` always belongs to it. */
export function contentTypesDirective() {
  return many({ in: ["http", "server", "location"], parse: readTypes, arity: [1, Number.POSITIVE_INFINITY], syntax: "mime-type ..." });
}

/** What the lines in force say, or `fallback` where there is none. */
export function compileContentTypes(lines: readonly (readonly string[])[], fallback: readonly string[] = []): ContentTypes {
  const types = lines.length === 0 ? fallback : lines.flat();
  return types.includes("*") ? undefined : new Set(["text/html", ...types]);
}

/** False for an answer without a type. */
export function hasTypeOf(response: Response, types: ContentTypes): boolean {
  return response.contentType !== undefined && (types === undefined || types.has(mediaType(response.contentType)));
}

/** Server-sent events: what filters must neither hold back nor compress. */
export function isEventStream(response: Response): boolean {
  return response.contentType !== undefined && mediaType(response.contentType) === "text/event-stream";
}

/** Lower-case, without parameters. */
function mediaType(contentType: string): string {
  const parameters = contentType.indexOf(";");
  return (parameters === -1 ? contentType : contentType.slice(0, parameters)).trim().toLowerCase();
}

function readTypes(args: readonly Arg[], report: Report): readonly string[] {
  const types: string[] = [];
  for (const arg of args) {
    const type = arg.text.toLowerCase();
    if (type === "text/html" || types.includes(type)) report.warn(`duplicate MIME type "${type}"`, arg.span);
    else types.push(type);
  }
  return types;
}

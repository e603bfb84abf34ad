/** `autoindex`: what is in a directory that has no index file (nginx: ngx_http_autoindex_module). */

import { defineDirectives, one } from "../config/define-directives.ts";
import { flag, oneOf } from "../config/values.ts";
import { type DirectoryEntry, readEntries, refuseDirectory } from "../http/core/directory.ts";
import { asSystemError } from "../http/core/file.ts";
import { refuseUnmapped } from "../http/core/root.ts";
import { defineModule } from "../http/module.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import { Response } from "../http/response.ts";
import { readCallbackName } from "./autoindex/callback-name.ts";
import { ListingBody } from "./autoindex/listing-body.ts";
import { renderHtml } from "./autoindex/render-html.ts";
import { renderJson, renderJsonp } from "./autoindex/render-json.ts";
import { renderXml } from "./autoindex/render-xml.ts";
import { sortEntries } from "./autoindex/sort-entries.ts";

const LEVELS = { in: ["http", "server", "location"] } as const;

const autoindexDirectives = defineDirectives({
  autoindex: one({ ...LEVELS, value: flag(), default: false }),
  autoindex_exact_size: one({ ...LEVELS, value: flag(), default: true }),
  autoindex_format: one({ ...LEVELS, value: oneOf("html", "xml", "json", "jsonp"), default: "html" as const }),
  autoindex_localtime: one({ ...LEVELS, value: flag(), default: false }),
});

/** What a location's handler closes over. */
interface Listing {
  readonly format: "html" | "xml" | "json" | "jsonp";
  readonly sizes: "exact" | "rounded";
  readonly clock: "UTC" | "local";
}

const SLASH = 0x2f;

export const autoindexModule = defineModule({
  name: "autoindex",
  directives: autoindexDirectives,
  phases: {
    content(conf) {
      if (!conf.autoindex) return undefined;
      const listing: Listing = {
        format: conf.autoindex_format,
        sizes: conf.autoindex_exact_size ? "exact" : "rounded",
        clock: conf.autoindex_localtime ? "local" : "UTC",
      };
      return (r) => (isForDirectory(r) ? listDirectory(r, listing) : undefined);
    },
  },
});

function isForDirectory(r: RequestContext): boolean {
  return r.uri.charCodeAt(r.uri.length - 1) === SLASH && (r.method === "GET" || r.method === "HEAD");
}

function listDirectory(r: RequestContext, listing: Listing): Verdict | Promise<Verdict> {
  const path = r.location.settings.mapPath(r, r.uri);
  if (path === "") return refuseUnmapped(r);
  if (listing.format !== "jsonp") return answer(r, path, listing);
  const callback = readCallbackName(r.args);
  if (callback.kind === "name") return answer(r, path, listing, callback.name);
  if (callback.kind === "none") return answer(r, path, { ...listing, format: "json" });
  logRequestError(r, "info", `client sent ${callback.kind} callback name: "${callback.name}"`);
  return 400;
}

async function answer(r: RequestContext, path: string, listing: Listing, callback = ""): Promise<Verdict> {
  r.trace?.({ step: "autoindex", subject: path, text: `its entries are listed as ${listing.format}`, won: true });
  let entries: readonly DirectoryEntry[];
  try {
    entries = sortEntries(await readEntries(path));
  } catch (error) {
    return refuseDirectory(r, path, asSystemError(error));
  }
  const response = new Response(200, undefined, -1);
  response.contentType = contentTypeOf(listing.format);
  if (r.method !== "HEAD") response.body = new ListingBody(response, (charset) => render(r.uri, entries, listing, charset, callback));
  return response;
}

function contentTypeOf(format: Listing["format"]): string {
  switch (format) {
    case "html":
      return "text/html";
    case "xml":
      return "text/xml; charset=utf-8";
    case "json":
      return "application/json";
    case "jsonp":
      return "application/javascript";
  }
}

function render(
  uri: string,
  entries: readonly DirectoryEntry[],
  { format, sizes, clock }: Listing,
  charset: "utf-8" | "other",
  callback: string,
): string {
  switch (format) {
    case "html":
      return renderHtml(uri, entries, { sizes, clock, charset });
    case "xml":
      return renderXml(entries);
    case "json":
      return renderJson(entries);
    case "jsonp":
      return renderJsonp(entries, callback);
  }
}

/** `gzip_proxied`: which answers to proxies (requests with Via) may be compressed (nginx: ngx_http_gzip_ok). */

import { parseHttpDate } from "../message/http-date.ts";
import type { RequestContext } from "../request-context.ts";
import type { Response } from "../response.ts";

export const PROXIED_WORDS = ["off", "expired", "no-cache", "no-store", "private", "no_last_modified", "no_etag", "auth", "any"] as const;

export type ProxiedWord = (typeof PROXIED_WORDS)[number];

/** Asked only for requests that came through a proxy. */
export function mayCompressForProxy(r: RequestContext, response: Response, words: ReadonlySet<ProxiedWord>): boolean {
  if (words.size === 0 || words.has("off")) return false;
  if (words.has("any")) return true;
  if (words.has("auth") && r.head.field("authorization") !== undefined) return true;
  const expires = response.field("Expires");
  if (expires !== undefined) return words.has("expired") && hasExpired(expires, response.field("Date"));
  const cacheControl = response.field("Cache-Control");
  if (cacheControl !== undefined) {
    const lower = cacheControl.toLowerCase();
    return CACHE_WORDS.some((word) => words.has(word) && lower.includes(word));
  }
  // nginx: these two forbid, and what nothing speaks against is allowed
  if (words.has("no_last_modified") && response.lastModifiedText !== undefined) return false;
  return !(words.has("no_etag") && response.etag !== undefined);
}

const CACHE_WORDS = ["no-cache", "no-store", "private"] as const;

function hasExpired(expires: string, date: string | undefined): boolean {
  const expiresAt = parseHttpDate(expires);
  if (expiresAt === undefined) return false;
  const now = (date === undefined ? undefined : parseHttpDate(date)) ?? Math.floor(Date.now() / 1000);
  return expiresAt < now;
}

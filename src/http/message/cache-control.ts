/** The Cache-Control directives that a cache in front of an application acts on. Source: RFC 9111 section 5.2, RFC 5861, nginx ngx_http_upstream.c. */

/** What a Cache-Control value asks for; seconds are -1 where the directive is absent. */
export interface CacheControl {
  /** no-store, no-cache or private: not for a shared cache. */
  readonly forbidsStoring: boolean;
  /** s-maxage, else max-age. */
  readonly freshSeconds: number;
  readonly staleWhileRevalidateSeconds: number;
  readonly staleIfErrorSeconds: number;
  readonly mustRevalidate: boolean;
}

/** 2^31-1, the largest delta-seconds that RFC 9111 section 1.2.2 asks a cache to understand; more means that much. */
const SECONDS_MAX = 2_147_483_647;

/** Reads a value (several lines joined with commas). Names are matched in any case; an argument that is no number counts as 0, the safe side. */
export function parseCacheControl(value: string): CacheControl {
  const directives = new Map<string, string>();
  for (const [, name, quoted, bare] of value.matchAll(/([^\s,=]+)(?:=(?:"([^"]*)"|([^\s,]*)))?/g)) {
    const lower = (name ?? "").toLowerCase();
    if (!directives.has(lower)) directives.set(lower, quoted ?? bare ?? "");
  }
  return {
    forbidsStoring: directives.has("no-store") || directives.has("no-cache") || directives.has("private"),
    freshSeconds: secondsOf(directives.get("s-maxage") ?? directives.get("max-age")),
    staleWhileRevalidateSeconds: secondsOf(directives.get("stale-while-revalidate")),
    staleIfErrorSeconds: secondsOf(directives.get("stale-if-error")),
    mustRevalidate: directives.has("must-revalidate") || directives.has("proxy-revalidate"),
  };
}

function secondsOf(argument: string | undefined): number {
  if (argument === undefined) return -1;
  return /^[0-9]+$/.test(argument) ? Math.min(Number(argument), SECONDS_MAX) : 0;
}

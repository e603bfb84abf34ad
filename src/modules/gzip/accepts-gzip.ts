/** Whether a request may be answered with gzip (nginx: ngx_http_gzip_ok, ngx_http_gzip_accept_encoding). */

/** A "gzip" that begins a list's element, and what follows its name. */
const GZIP = /(?:^|[ ,])gzip([\s\S]*)/i;

/** From the first element named gzip: accepted unless its quality is zero. As in nginx, "*" and "x-gzip" do not count. */
export function acceptsGzip(acceptEncoding: string): boolean {
  // most clients begin with it
  if (acceptEncoding.startsWith("gzip,") || acceptEncoding === "gzip") return true;
  const rest = GZIP.exec(acceptEncoding)?.[1];
  return rest !== undefined && acceptsRest(rest);
}

/** nginx looks at the first name that begins so and at no other: "gzipped, gzip" is declined. */
function acceptsRest(rest: string): boolean {
  const found = /^ *(?:,|$|; *q=([\s\S]*))/i.exec(rest);
  return found !== null && (found[1] === undefined || isPositiveQuality(found[1]));
}

/** "1", "1.0", "0.3": at most three decimals, then the element's end. */
function isPositiveQuality(quality: string): boolean {
  const found = /^(?:1(?:\.0{0,3})?|0(?:\.(\d{1,3}))?) *(?:,|$)/.exec(quality);
  if (found === null) return false;
  return quality.startsWith("1") || Number(found[1] ?? "0") > 0;
}

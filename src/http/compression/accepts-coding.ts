/** Whether a request may be answered in a content coding (nginx: ngx_http_gzip_accept_encoding; ngx_brotli reads it alike). */

export type ContentCoding = "gzip" | "br";

/** A coding's name that begins a list's element, and what follows it. */
const ELEMENT: Readonly<Record<ContentCoding, RegExp>> = {
  gzip: /(?:^|[ ,])gzip([\s\S]*)/i,
  br: /(?:^|[ ,])br([\s\S]*)/i,
};

/** From the first element of that name: accepted unless its quality is zero. As in nginx, "*" and "x-gzip" do not count. */
export function acceptsCoding(acceptEncoding: string, coding: ContentCoding): boolean {
  // most clients begin with it
  if (coding === "gzip" && (acceptEncoding.startsWith("gzip,") || acceptEncoding === "gzip")) return true;
  const rest = ELEMENT[coding].exec(acceptEncoding)?.[1];
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

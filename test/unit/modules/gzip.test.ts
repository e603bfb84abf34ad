import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { compileSite } from "../compile-site.ts";
import { readBytes } from "../read-body.ts";
import { temporarySite } from "../temporary-site.ts";

const page = "<p>Hello, hello, hello, hello</p>".repeat(30);
const root = temporarySite({
  "page.html": page,
  "middle.html": page.repeat(30),
  "long.html": page.repeat(400),
  "tiny.html": "x".repeat(19),
  "edge.html": "x".repeat(20),
  "data.json": page,
});

function get(
  target: string,
  fields: Readonly<Record<string, string>> = { "Accept-Encoding": "gzip" },
  conf = "",
  options: { method?: string; version?: number } = {},
) {
  const site = compileSite(`gzip on; types { text/html html; application/json json; } server { ${conf} location / { root ${root}; } }`);
  return site.answer(site.request({ target, fields, ...options }));
}

function encodingOf(...given: Parameters<typeof get>): string | undefined {
  return get(...given).field("Content-Encoding");
}

describe("gzip", () => {
  test.each(["/page.html", "/middle.html", "/long.html"])("%s is compressed, its tag weak and its length unknown", async (target) => {
    const response = get(target);
    expect(response).toMatchObject({ status: 200, contentLength: -1, allowsRanges: false });
    expect(response.etag).toMatch(/^W\/"/);
    expect(response.field("Accept-Ranges")).toBeUndefined();
    expect(
      gunzipSync(await readBytes(response.body))
        .toString()
        .startsWith(page),
    ).toBe(true);
  });

  test("a stream is compressed whole at a slow client's pace", async () => {
    expect(gunzipSync(await readBytes(get("/long.html").body, true)).toString()).toBe(page.repeat(400));
  });

  test.each([
    ["no Accept-Encoding", {}, "", undefined],
    ["identity", { "Accept-Encoding": "identity" }, "", undefined],
    ["a quality of zero", { "Accept-Encoding": "gzip;q=0" }, "", undefined],
    ["among others", { "Accept-Encoding": "br, gzip;q=0.5" }, "", "gzip"],
    ["through a proxy", { "Accept-Encoding": "gzip", Via: "1.1 p" }, "", undefined],
    ["through a proxy, any", { "Accept-Encoding": "gzip", Via: "1.1 p" }, "gzip_proxied any;", "gzip"],
    ["through a proxy, no_etag", { "Accept-Encoding": "gzip", Via: "1.1 p" }, "gzip_proxied no_etag;", undefined],
    ["through a proxy, expired", { "Accept-Encoding": "gzip", Via: "1.1 p" }, "gzip_proxied expired; expires -1;", "gzip"],
    ["a disabled browser", { "Accept-Encoding": "gzip", "User-Agent": "Old" }, "gzip_disable ^old;", undefined],
    [
      "MSIE 6",
      { "Accept-Encoding": "gzip", "User-Agent": "Mozilla/4.0 (compatible; MSIE 6.0; Windows)" },
      "gzip_disable msie6;",
      undefined,
    ],
    [
      "MSIE 6 SP2",
      { "Accept-Encoding": "gzip", "User-Agent": "Mozilla/4.0 (compatible; MSIE 6.0; Windows; SV1)" },
      "gzip_disable msie6;",
      "gzip",
    ],
  ])("%s", (_name, fields, conf, expected) => {
    expect(encodingOf("/page.html", fields as Record<string, string>, conf)).toBe(expected);
  });

  test.each([
    ["/tiny.html", "", undefined],
    ["/edge.html", "", "gzip"],
    ["/tiny.html", "gzip_min_length 19;", "gzip"],
    ["/data.json", "", undefined],
    ["/data.json", "gzip_types application/json;", "gzip"],
    ["/data.json", "gzip_types *;", "gzip"],
  ])("%s under %j: %s", (target, conf, expected) => {
    expect(encodingOf(target, undefined, conf)).toBe(expected);
  });

  test("HTTP/1.0 is compressed only where gzip_http_version says so", () => {
    expect(encodingOf("/page.html", undefined, "", { version: 10 })).toBeUndefined();
    expect(encodingOf("/page.html", undefined, "gzip_http_version 1.0;", { version: 10 })).toBe("gzip");
  });

  test("HEAD has the same fields and no body", () => {
    expect(get("/page.html", undefined, "", { method: "HEAD" })).toMatchObject({ body: undefined, contentLength: -1 });
    expect(encodingOf("/page.html", undefined, "", { method: "HEAD" })).toBe("gzip");
  });

  test("gzip_vary names the field whether or not this client can read gzip", () => {
    expect(get("/page.html", undefined, "gzip_vary on;").field("Vary")).toBe("Accept-Encoding");
    expect(get("/page.html", {}, "gzip_vary on;").field("Vary")).toBe("Accept-Encoding");
    expect(get("/data.json", {}, "gzip_vary on;").field("Vary")).toBeUndefined();
  });

  test("event streams are never compressed", () => {
    const site = compileSite(
      'gzip on; gzip_types *; server { default_type text/event-stream; location / { return 200 "data: 0123456789 0123456789"; } }',
    );
    expect(site.answer(site.request({ fields: { "Accept-Encoding": "gzip" } })).field("Content-Encoding")).toBeUndefined();
  });

  test("a file's compressed copy is made once", () => {
    const site = compileSite(`gzip on; types { text/html html; } server { location / { root ${root}; } }`);
    const body = () => site.answer(site.request({ target: "/page.html", fields: { "Accept-Encoding": "gzip" } })).body;
    expect(body()).toBe(body());
  });

  test("a stream that fails or is aborted ends its source", async () => {
    const response = get("/long.html");
    const { body } = response;
    if (typeof body !== "object" || Buffer.isBuffer(body)) throw new Error("No stream");
    body.start({ write: () => true, end: () => expect.unreachable(), fail: () => expect.unreachable() });
    body.abort();
    body.abort();
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
});

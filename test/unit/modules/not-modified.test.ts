import { utimesSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compileSite } from "../compile-site.ts";
import { temporarySite } from "../temporary-site.ts";

const root = temporarySite({ a: "hello" });
utimesSync(`${root}/a`, 1_700_000_000, 1_700_000_000);
const TAG = '"6553f100-5"';
const DATE = "Tue, 14 Nov 2023 22:13:20 GMT";
const EARLIER = "Tue, 14 Nov 2023 22:13:19 GMT";
const LATER = "Tue, 14 Nov 2023 22:13:21 GMT";

function statusOf(fields: Readonly<Record<string, string>>, conf = ""): number {
  const site = compileSite(`server { ${conf} location / { root ${root}; } }`);
  return site.answer(site.request({ target: "/a", fields })).status;
}

describe("not_modified", () => {
  test.each([
    [{}, 200],
    [{ "If-None-Match": TAG }, 304],
    [{ "If-None-Match": `W/${TAG}` }, 304],
    [{ "If-None-Match": `"x", ${TAG}` }, 304],
    [{ "If-None-Match": "*" }, 304],
    [{ "If-None-Match": '"x"' }, 200],
    [{ "If-Modified-Since": DATE }, 304],
    [{ "If-Modified-Since": EARLIER }, 200],
    [{ "If-Modified-Since": LATER }, 200],
    [{ "If-Modified-Since": DATE, "If-None-Match": '"x"' }, 200],
    [{ "If-Match": TAG }, 200],
    [{ "If-Match": '"x"' }, 412],
    [{ "If-Unmodified-Since": EARLIER }, 412],
    [{ "If-Unmodified-Since": DATE }, 200],
  ])("%j is %i", (fields, status) => {
    expect(statusOf(fields as Record<string, string>)).toBe(status);
  });

  test("if_modified_since before takes later dates, off none", () => {
    expect(statusOf({ "If-Modified-Since": LATER }, "if_modified_since before;")).toBe(304);
    expect(statusOf({ "If-Modified-Since": DATE }, "if_modified_since off;")).toBe(200);
  });

  test("a 304 keeps the validators and has neither body nor type nor length", () => {
    const site = compileSite(`server { location / { root ${root}; add_header A 1; } }`);
    const response = site.answer(site.request({ target: "/a", fields: { "If-None-Match": TAG } }));
    expect(response).toMatchObject({ body: undefined, contentType: undefined, contentLength: -1, lastModified: 1_700_000_000 });
    expect(response.fields).toEqual(["ETag", TAG, "A", "1"]);
  });
});

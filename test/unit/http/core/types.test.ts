import { describe, expect, test } from "vitest";
import { extensionOf } from "../../../../src/http/core/types.ts";
import { compileSite } from "../../compile-site.ts";

function typeOf(conf: string, name: string): string {
  return compileSite(`${conf} server { location / { } }`).location.settings.contentType(name);
}

describe("types", () => {
  test.each([
    ["/a.html", "html"],
    ["/a.tar.gz", "gz"],
    ["/a.", ""],
    ["/a", ""],
    ["/a.b/c", ""],
    ["/.html", ""],
    ["/d/.html", ""],
    ["/d/a.HTML", "HTML"],
    ["", ""],
  ])('extensionOf("%s") is "%s"', (name, extension) => {
    expect(extensionOf(name)).toBe(extension);
  });

  test.each([
    ["", "/a.html", "text/html"],
    ["", "/a.gif", "image/gif"],
    ["", "/a.css", "text/plain"],
    ["default_type application/octet-stream;", "/a.css", "application/octet-stream"],
    ["types { text/css css; }", "/a.css", "text/css"],
    ["types { text/css css; }", "/a.html", "text/plain"],
    ["types { text/css CSS; }", "/a.Css", "text/css"],
    ["types { text/css css; } types { text/x-less less; }", "/a.css", "text/css"],
  ])("%s gives %s the type %s", (conf, name, type) => {
    expect(typeOf(conf, name)).toBe(type);
  });

  test("an extension that stands twice is warned of, and the last counts", () => {
    const site = compileSite("types { text/html html; text/plain html; } server { location / { } }");
    expect(site.diagnostics.map((each) => [each.level, each.message])).toEqual([
      ["warn", 'duplicate extension "html", content type: "text/plain", previous content type: "text/html"'],
    ]);
    expect(site.location.settings.contentType("/a.html")).toBe("text/plain");
  });
});

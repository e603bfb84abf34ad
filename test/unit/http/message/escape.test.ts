import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeHtml, escapeUri, unescapeUri } from "../../../../src/http/message/escape.ts";

describe("escapeUri()", () => {
  it.each([
    ["uri", '/a b"#%<>?\\^`{|}+&;é\x7f', "/a%20b%22%23%25%3C%3E%3F%5C%5E%60%7B%7C%7D+&;%E9%7F"],
    ["args", "a b&c+d;e=f?/'", "a%20b%26c%2Bd%3Be=f%3F/'"],
    ["component", "a/b?c=d&e~f_g-h.i é", "a%2Fb%3Fc%3Dd%26e~f_g-h.i%20%E9"],
    ["refresh", "http://h/?a=b&c\"'<>", "http://h/?a=b&c%22%27%3C%3E"],
    ["memcached", "k y%\xe9", "k%20y%25\xe9"],
    ["uri", "/\r\nSet-Cookie: x", "/%0D%0ASet-Cookie:%20x"],
  ] as const)("escapes for %s", (kind, text, escaped) => {
    expect(escapeUri(text, kind)).toBe(escaped);
  });

  it("is undone by unescapeUri(), whatever the bytes", () => {
    const bytes = fc.array(fc.nat(255), { maxLength: 30 }).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(bytes, fc.constantFrom("uri" as const, "args" as const, "component" as const, "memcached" as const), (text, kind) => {
        expect(unescapeUri(escapeUri(text, kind))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});

describe("unescapeUri()", () => {
  it.each([
    ["/a%20b", "/a b"],
    ["%41%4a%4A", "AJJ"],
    ["%25%34%31", "%41"],
    ["%zz", "zz"],
    ["%4z5", "5"],
    ["a%", "a"],
    ["a%4", "a"],
    ["%%41", "%41"],
    ["a+b", "a+b"],
  ])("decodes %j to %j", (text, decoded) => {
    expect(unescapeUri(text)).toBe(decoded);
  });
});

describe("escapeHtml()", () => {
  it("escapes the four characters that end text or attributes", () => {
    expect(escapeHtml(`<a href="x">'&amp;</a>`)).toBe("&lt;a href=&quot;x&quot;&gt;'&amp;amp;&lt;/a&gt;");
    expect(escapeHtml("plain")).toBe("plain");
  });
});

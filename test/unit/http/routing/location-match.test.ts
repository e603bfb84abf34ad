import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  findNamedLocation,
  type LocationVerdict,
  matchLocation,
  matchLocationTraced,
} from "../../../../src/http/routing/location-match.ts";
import { buildLocationTree, type LocationEntry } from "../../../../src/http/routing/location-tree.ts";

type Entry = LocationEntry<string>;

/** A location as it is written, "= /x"; its payload is that text. A slash behind the text in `options` asks for the redirect. */
function location(text: string, nested: readonly Entry[] = [], autoRedirect = false): Entry {
  const [, word = "", name = ""] = /^(?:(=|\^~|~\*|~) )?(.*)$/s.exec(text) ?? [];
  const modifier = (word === "" && name.startsWith("@") ? "@" : word) as Entry["modifier"];
  const regex = word.startsWith("~") && word !== "" ? new RegExp(name, word === "~*" ? "i" : "") : undefined;
  return { modifier, name, regex, autoRedirect, payload: text, nested };
}

const numbered = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

function choose(entries: readonly Entry[], uri: string): string | undefined {
  const match = matchLocation(buildLocationTree(entries), uri);
  return match?.redirect ? `301 ${match.payload}` : match?.payload;
}

describe("matchLocation()", () => {
  const site = ["= /", "/", "/documents/", "^~ /images/", "~* \\.(gif|jpg|jpeg)$"].map((text) => location(text));

  it.each([
    ["/", "= /"],
    ["/index.html", "/"],
    ["/documents/document.html", "/documents/"],
    ["/images/1.gif", "^~ /images/"],
    ["/documents/1.jpg", "~* \\.(gif|jpg|jpeg)$"],
  ])("chooses for %s the location of nginx's own example: %s", (uri, expected) => {
    expect(choose(site, uri)).toBe(expected);
  });

  it("finds nothing where nothing matches", () => {
    expect(choose([location("/a"), location("~ b")], "/c")).toBeUndefined();
    expect(choose([], "/")).toBeUndefined();
  });

  it("compares bytes, with their case", () => {
    expect(choose([location("/A"), location("/")], "/a")).toBe("/");
  });

  it("takes the first pattern that matches, not the longest", () => {
    expect(choose([location("~ a"), location("~ abc")], "/abc")).toBe("~ a");
  });

  it("searches a prefix's nested locations before the patterns beside it", () => {
    const entries = [location("/a", [location("~ x$"), location("= /a/y")]), location("~ ^/a")];
    expect(choose(entries, "/a/x")).toBe("~ x$");
    expect(choose(entries, "/a/y")).toBe("= /a/y");
    expect(choose(entries, "/a/z")).toBe("~ ^/a");
  });

  it("lets a pattern beside win over a nested prefix, even over a nested ^~", () => {
    expect(choose([location("/a", [location("^~ /a/b")]), location("~ b$")], "/a/b")).toBe("~ b$");
  });

  it("keeps the nested prefix when the patterns outside are ruled out by ^~", () => {
    expect(choose([location("^~ /a", [location("/a/b")]), location("~ b$")], "/a/b")).toBe("/a/b");
  });

  it("never finds exact and prefix locations inside a pattern's location", () => {
    const entries = [location("~ /a", [location("/a/b"), location("= /a/b"), location("~ c$")])];
    expect(choose(entries, "/a/b")).toBe("~ /a");
    expect(choose(entries, "/a/c")).toBe("~ c$");
  });

  it("asks for the missing slash only where no location has the name without it", () => {
    const passed = location("/x/", [], true);
    expect(choose([location("/"), passed], "/x")).toBe("301 /x/");
    expect(choose([location("/"), passed, location("~ x")], "/x")).toBe("301 /x/");
    expect(choose([location("= /x"), passed], "/x")).toBe("= /x");
    expect(choose([location("/x"), passed], "/x")).toBe("/x");
    expect(choose([location("/x/")], "/x")).toBeUndefined();
    expect(choose([location("/a", [location("/a/x/", [], true)])], "/a/x")).toBe("301 /a/x/");
  });

  it("enters the exact location for a redirect that the prefix location of that name asks for", () => {
    expect(choose([location("/x/", [], true), location("= /x/")], "/x")).toBe("301 = /x/");
  });

  it("gives the captures of the innermost pattern and keeps the outer one's", () => {
    const tree = buildLocationTree([location("~ ^/(?<a>\\w)", [location("~ /(?<b>\\w)$")])]);
    const match = matchLocation(tree, "/x/y");
    expect(match?.payload).toBe("~ /(?<b>\\w)$");
    expect(match?.captures?.[1]).toBe("y");
    expect(match?.outer?.captures?.groups?.["a"]).toBe("x");
  });

  it("captures nothing with a pattern without groups", () => {
    expect(matchLocation(buildLocationTree([location("~ x")]), "/x")?.captures?.[1]).toBeUndefined();
  });

  it("keeps named locations out of the search", () => {
    const tree = buildLocationTree([location("@a"), location("/")]);
    expect(matchLocation(tree, "@a")).toBeUndefined();
    expect(findNamedLocation(tree, "@a")).toBe("@a");
    expect(findNamedLocation(tree, "@b")).toBeUndefined();
  });
});

describe("matchLocationTraced()", () => {
  it("tells why each location won or lost", () => {
    const entries = ["/", "/a/", "~ no", "~ a", "~ late"].map((text) => location(text));
    const steps: [string, LocationVerdict][] = [];
    matchLocationTraced(buildLocationTree(entries), "/a/b", ({ entry, verdict }) => steps.push([entry.payload, verdict]));
    expect(steps).toEqual([
      ["/", "longest prefix so far"],
      ["/", "a longer prefix matches"],
      ["/a/", "longest prefix so far"],
      ["~ no", "regex tried, no match"],
      ["~ a", "regex matched"],
      ["~ late", "not tried: an earlier regex matched"],
    ]);
  });

  it("tells what kept patterns from being tried", () => {
    const verdictOfRegex = (text: string, uri: string): LocationVerdict | undefined => {
      const steps: LocationVerdict[] = [];
      matchLocationTraced(buildLocationTree([location(text, [], true), location("~ x")]), uri, ({ verdict }) => steps.push(verdict));
      return steps.at(-1);
    };
    expect(verdictOfRegex("= /x", "/x")).toBe("not tried: exact match");
    expect(verdictOfRegex("^~ /x", "/x/y")).toBe("not tried: a ^~ prefix matched");
    expect(verdictOfRegex("/x/", "/x")).toBe("not tried: redirect to the last slash");
  });
});

/** nginx's rules said slowly, without trees; "done" ends the search. */
function slowly(entries: readonly Entry[], uri: string): { readonly found: string | undefined; readonly done: boolean } {
  const plain = entries.filter(({ modifier }) => modifier === "" || modifier === "^~");
  const exact = entries.find(({ modifier, name }) => modifier === "=" && name === uri);
  if (exact !== undefined) return { found: exact.payload, done: true };
  const longest = plain.filter(({ name }) => uri.startsWith(name)).sort((one, other) => other.name.length - one.name.length)[0];
  const named = entries.filter(({ modifier, name }) => !modifier.startsWith("~") && name === `${uri}/`);
  if (longest?.name !== uri && named.some(({ autoRedirect }) => autoRedirect)) {
    return { found: `301 ${(named.find(({ modifier }) => modifier === "=") ?? named[0])?.payload}`, done: true };
  }
  const inner = longest === undefined ? undefined : slowly(longest.nested, uri);
  if (inner?.done) return inner;
  const found = inner?.found ?? longest?.payload;
  const matching = longest?.modifier === "^~" ? undefined : entries.find(({ regex }) => regex?.test(uri));
  return matching === undefined ? { found, done: false } : { found: innermostPattern(matching, uri), done: true };
}

function innermostPattern(entry: Entry, uri: string): string {
  const inner = entry.nested.find(({ regex }) => regex?.test(uri));
  return inner === undefined ? entry.payload : innermostPattern(inner, uri);
}

const path = fc.array(fc.constantFrom("a", "ab", "b", "a/", "b/", "/"), { maxLength: 4 }).map((parts) => `/${parts.join("")}`);
const pattern = fc.constantFrom("a$", "^/a", "b/", "(a)(b)", "/$", "^/ab?/");

function entriesBelow(prefix: string, depth: number): fc.Arbitrary<readonly Entry[]> {
  const modifier = fc.constantFrom("", "", "^~", "=", "~", "~*");
  const one = fc.tuple(modifier, path, pattern, fc.boolean()).chain(([word, tail, expression, autoRedirect]) => {
    const name = word.startsWith("~") ? expression : prefix + (prefix === "" ? tail : tail.slice(1));
    const inside = depth === 0 || word === "=" ? fc.constant([]) : entriesBelow(word.startsWith("~") ? "" : name, depth - 1);
    return inside.map((nested) => location(`${word}${word === "" ? "" : " "}${name}`, nested, autoRedirect && name.endsWith("/")));
  });
  return fc.uniqueArray(one, { maxLength: 5, selector: ({ modifier: word, name }) => (word === "^~" ? name : `${word}${name}`) });
}

describe("matchLocation() and nginx's rules said slowly", () => {
  it("agree about any locations and any URI", () => {
    fc.assert(
      fc.property(entriesBelow("", 2), fc.array(path, { minLength: 1, maxLength: 8 }), (entries, uris) => {
        for (const uri of uris) expect(choose(entries, uri)).toBe(slowly(entries, uri).found);
      }),
      { numRuns: 1_500 },
    );
  });

  it("agree among thousands of locations, and only those that a URI begins with are looked at", () => {
    const words = ["", "a", "b", "ab", "ba", "abb", "aab"];
    const names = words.flatMap((one) =>
      words.flatMap((two) => words.flatMap((three) => [`/${one}/${two}/${three}`, `/${one}/${two}${three}/`])),
    );
    const modifiers = ["", "^~", "="];
    const entries = [...new Set(names)].flatMap((name, index) => [
      location(`${modifiers[index % 3]}${index % 3 === 0 ? "" : " "}${name}`, [], index % 2 === 0),
      ...numbered(10).map((n) => location(`${name}-${n}`)),
    ]);
    const patterns = ["~ b/a$", "~* ^/a+/B"].map((text) => location(text));
    const all = [...entries, ...patterns];
    const tree = buildLocationTree(all);
    expect(entries.length).toBeGreaterThan(4_000);
    const uri = fc.array(fc.constantFrom("a", "b", "/", "ab", "-1", "-12"), { maxLength: 8 }).map((parts) => `/${parts.join("")}`);
    fc.assert(
      fc.property(uri, (asked) => {
        const match = matchLocation(tree, asked);
        expect(match?.redirect ? `301 ${match.payload}` : match?.payload).toBe(slowly(all, asked).found);
        let steps = 0;
        matchLocationTraced(tree, asked, () => steps++);
        // A step for each prefix of the URI at most, one for the exact match or the redirect, and one for each pattern.
        expect(steps).toBeLessThanOrEqual(asked.length + 1 + patterns.length);
      }),
      { numRuns: 300 },
    );
  });

  it("agree about what is traced and what is not", () => {
    fc.assert(
      fc.property(entriesBelow("", 2), path, (entries, uri) => {
        const tree = buildLocationTree(entries);
        const traced = matchLocationTraced(tree, uri, () => {});
        expect(traced?.payload).toBe(matchLocation(tree, uri)?.payload);
      }),
      { numRuns: 300 },
    );
  });
});

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TranslatedPattern, translatePcre } from "../../../../src/http/routing/pcre.ts";

/** What libpcre2-8 10.42 answers; null is no match, else the text of each group. */
interface GoldenRow {
  readonly pattern: string;
  readonly caseless: boolean;
  readonly error?: string;
  readonly captures?: number;
  readonly matches?: readonly (readonly [string, readonly (string | null)[] | null])[];
}

const golden: readonly GoldenRow[] = JSON.parse(readFileSync(new URL("../../../golden/pcre.json", import.meta.url), "utf8"));

/** Patterns that PCRE takes and the translation refuses, on purpose. */
const REFUSED = new Set([
  "(|a)*b",
  "(a)?\\1",
  "(a)|\\1b",
  "(.)\\1",
  "(?-i:(a))\\1",
  "[[:<:]]a",
  "(?R)",
  "(?C)",
  "(?C1)a",
  "\\C",
  "\\X",
  "\\p{L}",
  "\\PL",
  "\\K",
  "(*UTF8)a",
  "(*FAIL)",
  "(?|(a)|(b))",
  "(?J)a",
  "(?n)(a)",
  "(?xx)a",
  "(?*a)",
]);

function translated(pattern: string, caseless = false): TranslatedPattern {
  const translation = translatePcre(pattern, { caseless });
  if ("refusal" in translation) throw new Error(`${pattern}: ${translation.refusal.message}`);
  return translation;
}

function refusal(pattern: string, caseless = false) {
  const translation = translatePcre(pattern, { caseless });
  if (!("refusal" in translation)) throw new Error(`${pattern} became ${translation.regexp}`);
  return translation.refusal;
}

const valid = golden.filter(({ pattern, error }) => error === undefined && !REFUSED.has(pattern));

describe("translatePcre() against PCRE", () => {
  it.each(valid)("agrees about $pattern (caseless: $caseless)", ({ pattern, caseless, captures = 0, matches = [] }) => {
    const { regexp, captures: translatedCaptures, unreliable } = translated(pattern, caseless);
    expect(translatedCaptures).toBe(captures);
    for (const [subject, groups] of matches) {
      const found = regexp.exec(subject);
      expect({ subject, matches: found !== null }).toEqual({ subject, matches: groups !== null });
      groups?.forEach((text, index) => {
        if (!unreliable.includes(index + 1)) expect({ subject, group: found?.[index + 1] ?? "" }).toEqual({ subject, group: text ?? "" });
      });
    }
  });

  it.each(golden.filter(({ error }) => error !== undefined))("refuses $pattern as PCRE does", ({ pattern, caseless }) => {
    const { start, end } = refusal(pattern, caseless);
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(start).toBeLessThanOrEqual(pattern.length);
  });

  it("covers more than 2,000 pairs", () => {
    expect(valid.reduce((sum, { matches = [] }) => sum + matches.length, 0)).toBeGreaterThan(2_000);
  });

  it("gives a hint with every pattern that PCRE would take", () => {
    const taken = golden.filter(({ pattern, error }) => error === undefined && REFUSED.has(pattern));
    expect(taken.length).toBe(REFUSED.size);
    for (const { pattern, caseless } of taken) expect(refusal(pattern, caseless)).toMatchObject({ hint: expect.stringMatching(/./) });
  });
});

describe("translatePcre()", () => {
  it("says what is wrong in nginx's words", () => {
    expect(refusal("^/(a").message).toBe("pcre2_compile() failed: missing closing parenthesis");
    expect(refusal("/a[b").message).toBe("pcre2_compile() failed: missing terminating ] for character class");
  });

  it("points at the construct it refuses", () => {
    const pattern = "^/x(?R)y";
    const { start, end } = refusal(pattern);
    expect(pattern.slice(start, end)).toBe("(?R)");
  });

  it("lets a dollar match before a newline that ends the subject and nowhere else inside", () => {
    const { regexp } = translated("\\.php$");
    expect(regexp.test("/a.php")).toBe(true);
    expect(regexp.test("/a.php\n")).toBe(true);
    expect(regexp.test("/a.php\n\n")).toBe(false);
    expect(regexp.test("/a.php/b")).toBe(false);
  });

  it("keeps bytes beyond ASCII apart by case", () => {
    const { regexp } = translated("^\xe9t$", true);
    expect(regexp.test("\xe9T")).toBe(true);
    expect(regexp.test("\xc9t")).toBe(false);
  });

  it("takes a no-break space for no space, as bytes have none", () => {
    expect(translated("^\\s$").regexp.test("\xa0")).toBe(false);
    expect(translated("^\\h$").regexp.test("\xa0")).toBe(true);
  });

  it("names groups in the order they are written", () => {
    const { names, regexp } = translated("^/(?<lang>[a-z]+)/(?P<rest>.*)$");
    expect(names).toEqual(["lang", "rest"]);
    expect(regexp.exec("/en/a")?.groups).toEqual({ lang: "en", rest: "a" });
  });

  it("keeps the numbers of groups beside an atomic group", () => {
    const { regexp, captures } = translated("^/(\\w+)/(?>a|ab)c");
    expect(captures).toBe(1);
    expect(regexp.exec("/x/ac")?.[1]).toBe("x");
    expect(regexp.test("/x/abc")).toBe(false);
  });

  it("tells which groups a repeat leaves in doubt", () => {
    expect(translated("(?:(a)|b)*").unreliable).toEqual([1]);
    expect(translated("^/(([a-z]+)/)+$").unreliable).toEqual([]);
  });

  it("bounds the nesting of parentheses as PCRE does", () => {
    expect("regexp" in translatePcre("(".repeat(250) + ")".repeat(250), { caseless: false })).toBe(true);
    expect(refusal("(".repeat(251) + ")".repeat(251)).message).toBe("pcre2_compile() failed: parentheses are too deeply nested");
  });

  it("translates or refuses whatever it is given", () => {
    const piece = fc.constantFrom(..."()[]{}|?*+^$.\\-:=!<>PQExoabdk123,i\n\xe9'#");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), fc.boolean(), (pieces, caseless) => {
        const translation = translatePcre(pieces.join(""), { caseless });
        if ("refusal" in translation) expect(translation.refusal.message).not.toBe("");
        else expect(translation.regexp.flags).toMatch(/^i?$/);
      }),
      { numRuns: 4_000 },
    );
  });

  it("matches any literal text quoted by \\Q and \\E", () => {
    const text = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(
        text.filter((quoted) => !quoted.includes("\\E")),
        (quoted) => {
          const { regexp } = translated(`\\A\\Q${quoted}\\E\\z`);
          expect(regexp.test(quoted)).toBe(true);
          expect(regexp.test(`${quoted}x`)).toBe(false);
        },
      ),
    );
  });
});

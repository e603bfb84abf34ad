import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SsiScanner, type SsiToken } from "../../../../src/modules/ssi/ssi-scanner.ts";

const PAGE = `a < b <!-- no --> <!--# echo var="u\\"ri" default='x' -->c<!--# set --><!--#if expr="$a -->" -->d<!--# e- --> f --> g <!--# h =-->i<!---# --`;

/** What a page says when it comes in these pieces; neighbouring texts joined. */
function read(pieces: readonly string[], valueLengthMax = 255): readonly string[] {
  const scanner = new SsiScanner(valueLengthMax);
  const said: string[] = [];
  const say = (token: SsiToken): void => {
    if (token.kind !== "text") said.push(describeToken(token));
    else if (said.at(-1)?.startsWith("text ") === true) said.push(`${said.pop()}${token.text}`);
    else said.push(`text ${token.text}`);
  };
  for (const piece of pieces) {
    scanner.push(piece);
    for (let token = scanner.next(); token !== undefined; token = scanner.next()) say(token);
  }
  const rest = scanner.rest();
  if (rest !== "") say({ kind: "text", text: rest });
  return said;
}

function describeToken(token: Exclude<SsiToken, { kind: "text" }>): string {
  return token.kind === "mistake"
    ? `mistake ${token.message}`
    : `${token.name} ${JSON.stringify(token.params.map(({ key, value }) => [key, value]))}`;
}

describe("SsiScanner", () => {
  it("tells text, commands and mistakes apart", () => {
    expect(read([PAGE])).toEqual(
      [
        "text a < b <!-- no --> ",
        'echo [["var","u\\\\\\"ri"],["default","x"]]',
        "text c",
        "set []",
        'if [["expr","$a -->"]]',
        "text d",
        'mistake unexpected " " symbol in "e" SSI command',
        "text  f --> g ",
        'mistake unexpected "-" symbol before value of "h" parameter in "h" SSI command',
        "text i<!---# --",
      ].map((line) => (line.startsWith('mistake unexpected "-"') ? expect.stringMatching(/^mistake/) : line)),
    );
  });

  it("says the same wherever a page is cut in two", () => {
    const whole = read([PAGE]);
    for (let at = 0; at <= PAGE.length; at++) expect(read([PAGE.slice(0, at), PAGE.slice(at)]), `cut at ${at}`).toEqual(whole);
  });

  it("says the same when a page comes byte by byte", () => {
    expect(read([...PAGE])).toEqual(read([PAGE]));
  });

  it("says the same for any page in any pieces", () => {
    const part = fc.constantFrom("<!--#", "-->", "-", '"', "'", "\\", "=", " ", "<", "echo", "var", "x", "<!-", "\n");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), fc.array(fc.nat(60), { maxLength: 5 }), (parts, cuts) => {
        const page = parts.join("");
        const places = [...new Set(cuts.map((cut) => Math.min(cut, page.length)))].sort((a, b) => a - b);
        const pieces = [...places, page.length].map((end, index) => page.slice(places[index - 1] ?? 0, end));
        expect(read(pieces, 8)).toEqual(read([page], 8));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [8, "echo"],
    [9, "mistake"],
  ])("takes a value of up to ssi_value_length characters: %i", (length, kind) => {
    expect(read([`<!--# echo var="${"v".repeat(length)}" -->`], 8)[0]).toMatch(new RegExp(`^${kind}`));
  });

  it.each([
    [32, "^c{32} "],
    [33, "^mistake .*too long"],
  ])("takes a name of up to 32 characters: %i", (length, said) => {
    expect(read([`<!--# ${"c".repeat(length)} -->`])[0]).toMatch(new RegExp(said));
  });

  it("does not keep a command that never ends", () => {
    const scanner = new SsiScanner(255);
    scanner.push("<!--# echo ");
    let mistakes = 0;
    for (let i = 0; i < 200; i++) {
      scanner.push(" ".repeat(1000));
      if (scanner.next()?.kind === "mistake") mistakes++;
    }
    expect(mistakes).toBe(1);
    expect(JSON.stringify(scanner).length).toBeLessThan(2000);
  });
});

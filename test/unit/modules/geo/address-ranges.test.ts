import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RangeTable } from "../../../../src/modules/geo/address-ranges.ts";
import { ipBytes } from "../../../../src/net/ip-address.ts";

const bytes = (text: string): string => ipBytes(text) ?? "";
const address = (last: number): string => bytes(`10.0.0.${last}`);

function tableOf(...ranges: readonly (readonly [first: string, last: string])[]): RangeTable {
  const table = new RangeTable();
  for (const [first, last] of ranges) table.set(bytes(first), bytes(last), `${first}-${last}`);
  return table;
}

describe("RangeTable", () => {
  it("finds what was set last for every address, whatever came before", () => {
    const range = fc.tuple(fc.nat(40), fc.nat(12)).map(([first, length]) => ({ first, last: first + length }));
    const step = fc.oneof(
      { weight: 4, arbitrary: range.map((each) => ({ kind: "set" as const, ...each })) },
      range.map((each) => ({ kind: "delete" as const, ...each })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const table = new RangeTable();
        const plain = new Map<number, string>();
        for (const [index, { kind, first, last }] of steps.entries()) {
          if (kind === "set") {
            table.set(address(first), address(last), String(index));
            for (let each = first; each <= last; each++) plain.set(each, String(index));
          } else if (table.delete(address(first), address(last))) {
            for (let each = first; each <= last; each++) plain.delete(each);
          }
        }
        for (let each = 0; each < 60; each++) expect(table.find(address(each))).toBe(plain.get(each));
      }),
      { numRuns: 1_000 },
    );
  });

  it("deletes only what stands as it is named", () => {
    const table = tableOf(["10.0.0.0", "10.0.0.9"]);
    expect(table.delete(bytes("10.0.0.0"), bytes("10.0.0.8"))).toBe(false);
    expect(table.delete(bytes("10.0.0.0"), bytes("10.0.0.9"))).toBe(true);
    expect(table.find(bytes("10.0.0.5"))).toBeUndefined();
  });

  // Each as nginx 1.22 judges it.
  it.each([
    [["10.0.0.0", "10.0.0.9"], ["10.0.0.5", "10.0.0.20"], "10.0.0.0-10.0.0.9"],
    [["10.0.0.5", "10.0.0.9"], ["10.0.0.0", "10.0.0.20"], "10.0.0.5-10.0.0.9"],
    [["10.0.0.0", "10.0.0.9"], ["10.0.0.0", "10.0.0.9"], undefined],
    [["10.0.0.0", "10.0.0.9"], ["10.0.0.5", "10.0.0.9"], undefined],
    [["10.0.0.0", "10.0.0.9"], ["10.0.0.10", "10.0.0.20"], undefined],
    [["10.0.0.0", "10.0.255.255"], ["10.0.0.0", "10.1.255.255"], undefined],
    [["10.0.0.0", "10.1.0.9"], ["10.0.0.20", "10.1.0.29"], "10.1.0.0-10.1.0.9"],
    [["0.0.0.0", "255.255.255.255"], ["10.0.0.0", "10.0.0.9"], undefined],
  ] as const)("after %j finds that %j overlaps %s", (earlier, [first, last], overlapped) => {
    expect(tableOf(earlier).overlappedBy(bytes(first), bytes(last))).toBe(overlapped);
  });

  it("names the highest of several", () => {
    const table = tableOf(["10.0.0.0", "10.0.0.9"], ["10.0.0.20", "10.0.0.29"]);
    expect(table.overlappedBy(bytes("10.0.0.5"), bytes("10.0.0.25"))).toBe("10.0.0.20-10.0.0.29");
  });
});

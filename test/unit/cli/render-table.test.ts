import { describe, expect, test } from "vitest";
import { renderTable } from "../../../src/cli/explain/render-table.ts";

const place = { file: "/srv/site.conf", line: 3 };

describe("renderTable()", () => {
  test("puts cells and places below each other", () => {
    const lines = [
      { cells: ["a", "one"], place },
      { cells: ["bbb", "two words"], place },
    ];
    expect(renderTable(lines, " ", "/srv")).toEqual([" a    one        site.conf:3", " bbb  two words  site.conf:3"]);
  });

  test("names a file outside of the directory in full, and -g as what it is", () => {
    const commandLine = { file: "command line", line: 1 };
    const lines = [
      { cells: ["a"], place },
      { cells: ["a"], place: commandLine },
    ];
    expect(renderTable(lines, "", "/home")).toEqual(["a  /srv/site.conf:3", "a  command line:1"]);
  });

  test("lets a very long cell stick out without moving the others", () => {
    const lines = [
      { cells: ["x".repeat(40), "y"], place: null },
      { cells: ["a", "y"], place: null },
    ];
    expect(renderTable(lines, "", "/")[1]).toBe("a  y");
  });

  test("counts characters of UTF-8, and ends no line with blanks", () => {
    const lines = [
      { cells: [Buffer.from("é").toString("latin1"), "y"], place: null },
      { cells: ["ab", ""], place: null },
    ];
    expect(renderTable(lines, "", "/")).toEqual(["é   y", "ab"]);
  });

  test("shows control characters instead of obeying them", () => {
    expect(renderTable([{ cells: ["\x1b[2J\n"], place: null }], "", "/")).toEqual(["\\x1B[2J\\x0A"]);
  });
});

import { describe, expect, test } from "vitest";
import type { DirectoryEntry } from "../../../../src/http/core/directory.ts";
import { renderHtml } from "../../../../src/modules/autoindex/render-html.ts";

const WRITTEN = Date.UTC(2024, 1, 29, 12, 34, 56) / 1000;

const entry = (name: string, kind: DirectoryEntry["kind"] = "file", bytes = 7): DirectoryEntry => ({
  name,
  kind,
  bytes,
  modifiedSeconds: WRITTEN,
});

/** The listing's only line, in the given charset. */
function lineOf(one: DirectoryEntry, charset: "utf-8" | "other", sizes: "exact" | "rounded" = "exact"): string {
  return renderHtml("/", [one], { sizes, clock: "UTC", charset }).split("\r\n")[4] ?? "";
}

/** What stands in the column of names, its spaces included. */
function columnOf(name: string, charset: "utf-8" | "other", kind: DirectoryEntry["kind"] = "file"): string {
  return /">(.*?) 29-Feb-2024 12:34 /s.exec(lineOf(entry(name, kind), charset))?.[1] ?? "";
}

const bytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

describe("renderHtml()", () => {
  test("fills the column of names up to 50 bytes", () => {
    for (const length of [1, 49, 50])
      expect(columnOf("x".repeat(length), "other")).toBe(`${"x".repeat(length)}</a>${" ".repeat(50 - length)}`);
  });

  test("cuts names from 51 bytes on", () => {
    expect(columnOf("x".repeat(51), "other")).toBe(`${"x".repeat(47)}..&gt;</a>`);
  });

  test("counts characters in UTF-8 and bytes elsewhere", () => {
    expect(columnOf(bytes("é".repeat(50)), "utf-8")).toBe(`${bytes("é".repeat(50))}</a>`);
    expect(columnOf(bytes("é".repeat(51)), "utf-8")).toBe(`${bytes("é".repeat(47))}..&gt;</a>`);
    expect(columnOf(bytes("é".repeat(26)), "other")).toBe(`${bytes("é".repeat(26)).slice(0, 47)}..&gt;</a>`);
  });

  test("counts the bytes of a name that is no UTF-8", () => {
    expect(columnOf("\xff".repeat(49), "utf-8")).toBe(`${"\xff".repeat(49)}</a> `);
  });

  test("leaves a directory's slash away where it would not fit", () => {
    expect(columnOf("d".repeat(49), "other", "directory")).toBe(`${"d".repeat(49)}/</a>`);
    expect(columnOf("d".repeat(50), "other", "directory")).toBe(`${"d".repeat(50)}</a>`);
  });

  test("cuts before it escapes", () => {
    expect(columnOf("<".repeat(51), "other")).toBe(`${"&lt;".repeat(47)}..&gt;</a>`);
  });

  test.each([
    [0, "      0"],
    [9_999, "   9999"],
    [10_000, "    10K"],
    [10_751, "    10K"],
    [10_752, "    11K"],
    [2 ** 20 - 1, "  1024K"],
    [2 ** 20, "     1M"],
    [1.5 * 2 ** 20 - 1, "     1M"],
    [1.5 * 2 ** 20, "     2M"],
    [2 ** 30 - 1, "  1024M"],
    [2 ** 30, "     1G"],
    [5_000 * 2 ** 30, "  5000G"],
  ])("rounds %d bytes to %j", (size, column) => {
    expect(lineOf(entry("x", "file", size), "other", "rounded").slice(-7)).toBe(column);
  });

  test("shows a directory's size as a dash", () => {
    expect(lineOf(entry("x", "directory", 4096), "other").slice(-19)).toBe("-".padStart(19));
    expect(lineOf(entry("x", "directory", 4096), "other", "rounded").slice(-7)).toBe("      -");
  });

  test("escapes what it links to and what it shows, each in its way", () => {
    expect(lineOf(entry('a b&"<c>'), "other")).toMatch(/^<a href="a%20b%26%22%3Cc%3E">a b&amp;&quot;&lt;c&gt;<\/a> /);
  });
});

import { expect, test } from "vitest";
import { connectionsWithin, readOpenFilesLimit } from "../../../src/net/open-files-limit.ts";

test("readOpenFilesLimit() is what the system tells this process", () => {
  expect(readOpenFilesLimit()).toBeGreaterThan(50);
});

test.each([
  [1024, 864],
  [65_536, 57_312],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  [10, 1],
])("connectionsWithin(%d) leaves files for everything else", (files, connections) => {
  expect(connectionsWithin(files)).toBe(connections);
});

import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync } from "node:fs";
import { expect, test } from "vitest";
import { copyOneFile, copyTree, deleteTree } from "../../../../src/modules/dav/tree.ts";
import { temporarySite } from "../../temporary-site.ts";

test("deleteTree() removes links and leaves what they lead to", async () => {
  const root = temporarySite({ "tree/a.txt": "a", "tree/b/c.txt": "c", "outside/kept.txt": "kept" });
  symlinkSync("../outside", `${root}/tree/link`);
  await deleteTree(`${root}/tree`);
  expect(existsSync(`${root}/tree`)).toBe(false);
  expect(readFileSync(`${root}/outside/kept.txt`, "utf8")).toBe("kept");
});

test("copyTree() copies files and directories with their times, and no links", async () => {
  const root = temporarySite({ "tree/a.txt": "a", "tree/b/c.txt": "c" });
  symlinkSync("a.txt", `${root}/tree/link`);
  utimesSync(`${root}/tree/b/c.txt`, 1000, 2000);
  utimesSync(`${root}/tree/b`, 1000, 3000);
  await copyTree(`${root}/tree`, `${root}/copy`);
  expect(readdirSync(`${root}/copy`).sort()).toEqual(["a.txt", "b"]);
  expect(readFileSync(`${root}/copy/b/c.txt`, "utf8")).toBe("c");
  expect(lstatSync(`${root}/copy/b/c.txt`).mtimeMs).toBe(2_000_000);
  expect(lstatSync(`${root}/copy/b`).mtimeMs).toBe(3_000_000);
});

test("copyOneFile() leaves nothing behind where the copy cannot take its place", async () => {
  const root = temporarySite({ "a.txt": "a" });
  mkdirSync(`${root}/taken`);
  await expect(copyOneFile(`${root}/a.txt`, `${root}/taken`, lstatSync(`${root}/a.txt`))).rejects.toMatchObject({ code: "EISDIR" });
  expect(readdirSync(root).sort()).toEqual(["a.txt", "taken"]);
});

import { closeSync, constants, lchownSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { LinkRule } from "../../../../src/http/core/disable-symlinks.ts";
import { findLinkedFile, openLinkedFile } from "../../../../src/http/files/link-check.ts";
import type { RequestContext } from "../../../../src/http/request-context.ts";
import { temporarySite } from "../../temporary-site.ts";

const r = {} as RequestContext; // the rules of these tests ask nothing of it

const rule = (mode: LinkRule["mode"], from = ""): LinkRule => ({ mode, from: () => from });

/** What came of opening it: "file", or the error's code. */
function outcomeOf(path: string, linkRule: LinkRule): string | undefined {
  try {
    closeSync(openLinkedFile(r, path, constants.O_RDONLY, linkRule));
    return "file";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

describe("openLinkedFile() with on", () => {
  const root = temporarySite({ "real/a.txt": "a", "real/deep/b.txt": "b" });
  symlinkSync("a.txt", `${root}/real/link.txt`);
  symlinkSync("real", `${root}/linked`);
  symlinkSync("../secret", `${root}/real/out`);

  test.each([
    ["/real/a.txt", "file"],
    ["/real//deep/./b.txt", "file"],
    ["/real/link.txt", "ELOOP"],
    ["/linked/a.txt", "ENOTDIR"],
    ["/linked/link.txt", "ENOTDIR"],
    ["/real/out", "ELOOP"],
    ["/real/none.txt", "ENOENT"],
  ])("%s gives %s", (path, outcome) => {
    expect(outcomeOf(root + path, rule("on"))).toBe(outcome);
    const found = findLinkedFile(r, root + path, rule("on"));
    expect(found === undefined ? "ENOENT" : found instanceof Error ? found.code : "file").toBe(outcome);
  });

  test.each([
    ["/linked/a.txt", "/linked", "file"],
    ["/linked/a.txt", "/linked/", "file"],
    ["/linked/link.txt", "/linked", "ELOOP"],
    ["/linked/link.txt", "/linked/link.txt", "file"],
    ["/linked/a.txt", "/link", "ENOTDIR"],
    ["/linked/a.txt", "/elsewhere", "ENOTDIR"],
  ])("%s from %s gives %s", (path, from, outcome) => {
    expect(outcomeOf(root + path, rule("on", root + from))).toBe(outcome);
  });

  test("gives the file that it judged, whatever the path becomes", () => {
    const site = temporarySite({ "a.txt": "judged", "b.txt": "other" });
    const fd = openLinkedFile(r, `${site}/a.txt`, constants.O_RDONLY, rule("on"));
    renameSync(`${site}/b.txt`, `${site}/a.txt`);
    expect(readFileSync(fd, "utf8")).toBe("judged");
    closeSync(fd);
  });
});

describe("openLinkedFile() with if_not_owner", () => {
  const root = temporarySite({ "real/a.txt": "a" });
  symlinkSync("real", `${root}/mine`);

  test("follows links of the owner of what they lead to", () => {
    expect(outcomeOf(`${root}/mine/a.txt`, rule("if_not_owner"))).toBe("file");
  });

  test.skipIf(process.getuid?.() !== 0)("refuses links of somebody else", () => {
    symlinkSync("real", `${root}/foreign`);
    lchownSync(`${root}/foreign`, 65_534, 65_534);
    expect(outcomeOf(`${root}/foreign/a.txt`, rule("if_not_owner"))).toBe("ELOOP");
    expect(outcomeOf(`${root}/foreign/a.txt`, rule("if_not_owner", `${root}/foreign`))).toBe("file");
  });
});

/** A fresh directory under the system's temporary one, filled with a test's files. */

import { lutimesSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/**
 * Content by path inside the prefix. A string is latin1 bytes; a path that ends in "/" is an empty directory;
 * `{ symlink }` links to a path relative to the link.
 */
export type PrefixFiles = Readonly<Record<string, string | Buffer | { readonly symlink: string }>>;

/** Every written file has this modification time, so that two servers give one ETag and one Last-Modified. */
export const FILES_MODIFIED = new Date("2024-02-29T12:34:56Z");

/** Makes the directory with its files and returns its real path. */
export function createPrefix(files: PrefixFiles = {}): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "foregate-test-")));
  for (const [name, content] of Object.entries(files)) writeInto(dir, name, content);
  return dir;
}

/** Removes what createPrefix() made. */
export function removePrefix(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}

function writeInto(dir: string, name: string, content: string | Buffer | { readonly symlink: string }): void {
  const path = Buffer.from(join(dir, name), "latin1");
  if (name.endsWith("/")) {
    mkdirSync(path, { recursive: true });
    return;
  }
  mkdirSync(Buffer.from(dirname(path.toString("latin1")), "latin1"), { recursive: true });
  if (typeof content === "object" && "symlink" in content) {
    symlinkSync(content.symlink, path);
    lutimesSync(path, FILES_MODIFIED, FILES_MODIFIED);
    return;
  }
  writeFileSync(path, typeof content === "string" ? Buffer.from(content, "latin1") : content);
  utimesSync(path, FILES_MODIFIED, FILES_MODIFIED);
}

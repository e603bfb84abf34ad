/** Whole directories removed and copied. Links inside are never followed: they are removed as links, and not copied (nginx: ngx_walk_tree). */

import type { Stats } from "node:fs";
import { chmod, copyFile, lstat, mkdir, readdir, rename, rmdir, unlink, utimes } from "node:fs/promises";
import { asSystemError, systemPath } from "../../http/core/file.ts";
import { temporaryPathBeside } from "./temporary-path.ts";

const PERMISSIONS = 0o777;

/** Throws what the system says; what was removed by then is gone. */
export async function deleteTree(path: string): Promise<void> {
  for (const name of await readdir(systemPath(path), { encoding: "latin1" })) {
    const inner = `${path}/${name}`;
    if ((await lstat(systemPath(inner))).isDirectory()) await deleteTree(inner);
    else await unlink(systemPath(inner));
  }
  await rmdir(systemPath(path));
}

/** Permissions and times are kept. The target must not be there. */
export async function copyTree(from: string, to: string): Promise<void> {
  const stats = await lstat(systemPath(from));
  await mkdir(systemPath(to), stats.mode & PERMISSIONS);
  for (const name of await readdir(systemPath(from), { encoding: "latin1" })) {
    const inner = `${from}/${name}`;
    const found = await lstat(systemPath(inner));
    if (found.isDirectory()) await copyTree(inner, `${to}/${name}`);
    else if (found.isFile()) await copyOneFile(inner, `${to}/${name}`, found);
  }
  await utimes(systemPath(to), stats.atime, stats.mtime);
}

/** The target is replaced at once, when its copy is whole. */
export async function copyOneFile(from: string, to: string, stats: Stats): Promise<void> {
  const temporary = temporaryPathBeside(to);
  try {
    await copyFile(systemPath(from), systemPath(temporary));
    await chmod(systemPath(temporary), stats.mode & PERMISSIONS);
    await utimes(systemPath(temporary), stats.atime, stats.mtime);
    await rename(systemPath(temporary), systemPath(to));
  } catch (error) {
    await removeIfThere(temporary);
    throw error;
  }
}

/** For what was begun and could not be finished. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(systemPath(path));
  } catch (error) {
    if (asSystemError(error).code !== "ENOENT") throw error;
  }
}

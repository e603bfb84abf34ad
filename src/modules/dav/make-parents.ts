/** Runs what puts a file in its place, and again with the directories made that lead there (nginx: ngx_ext_rename_file, ngx_create_full_path). */

import { mkdir } from "node:fs/promises";
import { asSystemError, systemPath } from "../../http/core/file.ts";
import { directoryAccess } from "./dav-access.ts";

export async function withParents(path: string, access: number, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (asSystemError(error).code !== "ENOENT") throw error;
    await mkdir(systemPath(path.slice(0, path.lastIndexOf("/"))), { recursive: true, mode: directoryAccess(access) });
    await act();
  }
}

/** The order of a listing (nginx: ngx_http_autoindex_cmp_entries). */

import type { DirectoryEntry } from "../../http/core/directory.ts";

/** Directories first, then by name, byte by byte. */
export function sortEntries(entries: readonly DirectoryEntry[]): readonly DirectoryEntry[] {
  return [...entries].sort(compare);
}

function compare(a: DirectoryEntry, b: DirectoryEntry): number {
  const isDirectory = a.kind === "directory";
  if (isDirectory !== (b.kind === "directory")) return isDirectory ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

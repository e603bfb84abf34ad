/** Where a file lies while it is written: beside its place, so that a rename puts it there at once. */

import { randomBytes } from "node:crypto";

/** Begins with a dot, so that no listing shows it. */
export function temporaryPathBeside(path: string): string {
  const slash = path.lastIndexOf("/") + 1;
  return `${path.slice(0, slash)}.${randomBytes(12).toString("hex")}.part`;
}

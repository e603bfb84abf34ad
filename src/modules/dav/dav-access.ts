/** `dav_access`: the permissions of what clients make (nginx: ngx_conf_set_access_slot, ngx_dir_access). */

import type { Report } from "../../config/report.ts";
import type { Arg } from "../../config/tree.ts";

/** Only its owner reads and writes it. */
export const DEFAULT_ACCESS = 0o600;

const SHIFTS: Readonly<Record<string, number>> = { user: 6, group: 3, all: 0 };
const RIGHTS: Readonly<Record<string, number>> = { r: 4, rw: 6 };

/** `user:rw group:r all:r` as mode bits; where the user is not named, he reads and writes. */
export function readAccess(args: readonly Arg[], report: Report): number | undefined {
  let access = args.some(({ text }) => text.startsWith("user:")) ? 0 : DEFAULT_ACCESS;
  for (const arg of args) {
    const [, who = "", permission = ""] = /^(user|group|all):(r|rw)$/.exec(arg.text) ?? [];
    const shift = SHIFTS[who];
    const rights = RIGHTS[permission];
    if (shift === undefined || rights === undefined) return report.error(`invalid value "${arg.text}"`, arg.span);
    access |= rights << shift;
  }
  return access;
}

/** The same for a directory: who may read it may enter it. */
export function directoryAccess(access: number): number {
  return access | ((access & 0o444) >> 2);
}

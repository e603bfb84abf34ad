/** The arguments of `open_file_cache`, as nginx judges them (nginx: ngx_http_core_open_file_cache). */

import { parseCount, parseSeconds } from "../../config/parse-number.ts";
import type { Report } from "../../config/report.ts";
import type { Arg } from "../../config/tree.ts";

/** True when they are right. */
export function readOpenFileCache(args: readonly Arg[], report: Report): true | undefined {
  const isOff = args.some(({ text }) => text === "off");
  let hasMax = false;
  for (const { text, span } of args) {
    if (text === "off") continue;
    const [, name, value = ""] = /^(max|inactive)=(.*)$/s.exec(text) ?? [];
    const isRight = name === "max" ? (parseCount(value) ?? 0) > 0 : name === "inactive" && parseSeconds(value) !== undefined;
    if (!isRight) return report.error(`invalid "open_file_cache" parameter "${text}"`, span);
    hasMax ||= name === "max";
  }
  return isOff || hasMax ? true : report.error('"open_file_cache" must have the "max" parameter');
}

/** The arguments of `open_log_file_cache` (nginx: ngx_http_log_open_file_cache). */

import { parseCount, parseSeconds } from "../../config/parse-number.ts";
import type { Report } from "../../config/report.ts";
import type { Arg } from "../../config/tree.ts";
import type { LogFileCaching } from "../../log/log-file.ts";

/** `off`, or a cache. */
export type LogFileCacheSetting = LogFileCaching | "off";

/** Reads `max=N [inactive=time] [min_uses=N] [valid=time]` or `off`; the numbers left out are nginx's. */
export function parseLogFileCache(args: readonly Arg[], report: Report): LogFileCacheSetting | undefined {
  const caching = { max: 0, inactiveMs: 10_000, minUses: 1, validMs: 60_000 };
  let isOff = false;
  for (const arg of args) {
    if (arg.text === "off") isOff = true;
    else if (!readParameter(arg.text, caching)) {
      return report.error(`invalid "open_log_file_cache" parameter "${arg.text}"`, arg.span);
    }
  }
  if (isOff) return "off";
  return caching.max > 0 ? caching : report.error('"open_log_file_cache" must have "max" parameter');
}

/** Fills in what one parameter says; false when it is none or malformed. */
function readParameter(text: string, caching: { -readonly [K in keyof LogFileCaching]: LogFileCaching[K] }): boolean {
  const [, name, value = ""] = /^(max|inactive|min_uses|valid)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) return false;
  const number = name === "max" || name === "min_uses" ? parseCount(value) : parseSeconds(value);
  if (number === undefined) return false;
  if (name === "max") caching.max = number;
  else if (name === "min_uses") caching.minUses = number;
  else if (name === "inactive") caching.inactiveMs = number * 1000;
  else caching.validMs = number * 1000;
  return true;
}

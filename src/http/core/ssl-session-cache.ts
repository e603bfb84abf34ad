/** `ssl_session_cache`: whether, where and how many sessions are kept (nginx: ngx_http_ssl_session_cache). */

import { parseCount, parseSize } from "../../config/parse-number.ts";
import type { Report } from "../../config/report.ts";
import type { Arg } from "../../config/tree.ts";

export interface SessionCacheSetting {
  /** "none": clients are told that sessions may be reused, and are not kept. */
  readonly mode: "off" | "none" | "kept";
  /** Sessions kept. */
  readonly sessionsMax: number;
  /** Servers that name the same cache share it; "" for one of the server's own. */
  readonly name: string;
}

/** nginx's documentation: one megabyte holds about 4000 sessions. */
const BYTES_PER_SESSION = 256;
/** Eight pages, the least nginx makes a zone of. */
const ZONE_BYTES_MIN = 32_768;
/** OpenSSL's SSL_SESSION_CACHE_MAX_SIZE_DEFAULT. */
const BUILTIN_SESSIONS = 20_480;

export const DEFAULT_SESSION_CACHE: SessionCacheSetting = { mode: "none", sessionsMax: 0, name: "" };

/** Builtin and shared are one cache here, as large as the larger of the two. */
export function readSessionCache(args: readonly Arg[], report: Report): SessionCacheSetting | undefined {
  let setting = DEFAULT_SESSION_CACHE;
  for (const arg of args) {
    const read = readWord(arg, report);
    if (read === undefined) return undefined;
    setting = read.mode === "kept" && setting.name !== "" && read.name === "" ? setting : read;
  }
  return setting;
}

function readWord({ text, span }: Arg, report: Report): SessionCacheSetting | undefined {
  const invalid = (): undefined => report.error(`invalid session cache "${text}"`, span);
  if (text === "off" || text === "none") return { mode: text, sessionsMax: 0, name: "" };
  if (text === "builtin") return { mode: "kept", sessionsMax: BUILTIN_SESSIONS, name: "" };
  if (text.startsWith("builtin:")) {
    const sessionsMax = parseCount(text.slice("builtin:".length));
    return sessionsMax === undefined || sessionsMax === 0 ? invalid() : { mode: "kept", sessionsMax, name: "" };
  }
  const [, name, sizeText] = /^shared:([^:]+):(.+)$/s.exec(text) ?? [];
  const bytes = sizeText === undefined ? undefined : parseSize(sizeText);
  if (name === undefined || bytes === undefined) return invalid();
  if (bytes < ZONE_BYTES_MIN) return report.error(`session cache "${text}" is too small`, span);
  return { mode: "kept", sessionsMax: Math.floor(bytes / BYTES_PER_SESSION), name };
}

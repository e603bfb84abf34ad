/** `*_ssl_certificate_cache`: TLS contexts of client certificates that variables name (nginx 1.27.4, ngx_openssl_cache_t). */

import { parseCount, parseSeconds } from "../../config/parse-number.ts";
import type { Report } from "../../config/report.ts";
import type { Arg } from "../../config/tree.ts";

export interface CertificateCacheSetting {
  readonly entriesMax: number;
  /** An entry that nobody asked for in that time is dropped. */
  readonly inactiveMs: number;
  /** For that long, files are not looked at again. 0: at every use. */
  readonly validMs: number;
}

/** nginx's `off` reads the files for every connection. Here what they came to is kept for as long as they have not changed. */
export const NO_CERTIFICATE_CACHE: CertificateCacheSetting = { entriesMax: 100, inactiveMs: 10_000, validMs: 0 };

const INACTIVE_SECONDS = 10;
const VALID_SECONDS = 60;

export function readCertificateCache(args: readonly Arg[], report: Report): CertificateCacheSetting | undefined {
  let entriesMax = 0;
  let inactive: number | undefined = INACTIVE_SECONDS;
  let valid: number | undefined = VALID_SECONDS;
  for (const arg of args) {
    const invalid = (): undefined => report.error(`invalid parameter "${arg.text}"`, arg.span);
    const [name, value = ""] = arg.text.split(/=(.*)/s);
    if (arg.text === "off" && args.length === 1) return NO_CERTIFICATE_CACHE;
    if (name === "max") entriesMax = parseCount(value) ?? 0;
    else if (name === "inactive") inactive = parseSeconds(value);
    else if (name === "valid") valid = parseSeconds(value);
    else return invalid();
    if ((name === "max" && entriesMax === 0) || inactive === undefined || valid === undefined) return invalid();
  }
  if (entriesMax === 0) return report.error(`"${report.directive}" must have the "max" parameter`);
  return { entriesMax, inactiveMs: (inactive ?? INACTIVE_SECONDS) * 1000, validMs: (valid ?? VALID_SECONDS) * 1000 };
}

interface Entry<T> {
  readonly value: T;
  readonly stamp: string;
  checkedAtMs: number;
  usedAtMs: number;
}

/** Keeps values by key, the least recently used goes first. */
export class CertificateCache<T> {
  private readonly setting: CertificateCacheSetting;
  private readonly entries = new Map<string, Entry<T>>();

  constructor(setting: CertificateCacheSetting) {
    this.setting = setting;
  }

  /** `stamp` tells one state of the files from another, and is asked for when the entry's time is over. */
  get(key: string, nowMs: number, stamp: () => string, create: () => T): T {
    const { entriesMax, inactiveMs, validMs } = this.setting;
    const known = this.entries.get(key);
    this.entries.delete(key);
    this.dropInactive(nowMs - inactiveMs);
    if (known !== undefined && (nowMs - known.checkedAtMs < validMs || stamp() === known.stamp)) {
      if (nowMs - known.checkedAtMs >= validMs) known.checkedAtMs = nowMs;
      known.usedAtMs = nowMs;
      this.entries.set(key, known);
      return known.value;
    }
    const entry: Entry<T> = { value: create(), stamp: stamp(), checkedAtMs: nowMs, usedAtMs: nowMs };
    for (const oldest of this.entries.keys()) {
      if (this.entries.size < entriesMax) break;
      this.entries.delete(oldest);
    }
    this.entries.set(key, entry);
    return entry.value;
  }

  private dropInactive(sinceMs: number): void {
    for (const [key, entry] of this.entries) {
      if (entry.usedAtMs >= sinceMs) return;
      this.entries.delete(key);
    }
  }
}

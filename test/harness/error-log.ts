/** A server's error log: what is in it, and the claim that nothing grave is in it which a test did not expect. */

import { existsSync, readFileSync } from "node:fs";

const GRAVE = /\[(?:crit|alert|emerg)\]/;

export interface ErrorLog {
  /** The whole log, latin1. */
  read(): string;
  /** Expects grave lines that match; each claim covers all its lines. */
  claim(pattern: RegExp): void;
  /** Grave lines that no claim covers and no earlier call returned. */
  unclaimed(): readonly string[];
}

/** Reads the log at `path`, which need not exist yet. */
export function watchErrorLog(path: string): ErrorLog {
  const claims: RegExp[] = [];
  let reported = 0;
  const read = (): string => (existsSync(path) ? readFileSync(path, "latin1") : "");
  return {
    read,
    claim: (pattern) => {
      claims.push(pattern);
    },
    unclaimed: () => {
      const lines = read().split("\n").slice(0, -1);
      const fresh = lines.slice(reported);
      reported = lines.length;
      return fresh.filter((line) => GRAVE.test(line) && !claims.some((pattern) => pattern.test(line)));
    },
  };
}

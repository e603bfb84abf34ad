/** What a test compares with, or stands on, and may be missing on a machine: loudly skipped there, a failure in CI. */

import { describe, test } from "vitest";
import { haveChromium } from "./start-chromium.ts";
import { haveNginx, haveNginxBrotli } from "./start-nginx.ts";
import { haveUwsgi } from "./start-uwsgi.ts";
import { haveUnixDatagrams } from "./unix-datagram-recorder.ts";

const ORACLES = {
  nginx: haveNginx,
  uwsgi: haveUwsgi,
  chromium: haveChromium,
  "unix datagrams": haveUnixDatagrams,
  "nginx's brotli modules": haveNginxBrotli,
} as const;

export type OracleName = keyof typeof ORACLES;

type Suite = (name: string, body: () => void) => void;

/** Returns what to use for `describe`: the real one when all oracles are installed. */
export function requireOracle(...names: readonly OracleName[]): Suite {
  const missing = names.filter((name) => !ORACLES[name]());
  if (missing.length === 0) return (name, body) => void describe(name, body);
  const reason = `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not installed`;
  if (process.env["CI"] === "true") {
    return (name) =>
      void test(name, () => {
        throw new Error(`Install it in CI: ${reason}`);
      });
  }
  return (name, body) => {
    process.stderr.write(`\n*** SKIPPED "${name}": ${reason} ***\n`);
    describe.skip(name, body);
  };
}

/** The long fuzzers, to be run by hand: node dist/fuzz.js [name or "all"] [seconds for each] [seed]. Ends with 1 when one of them failed. */

import { fuzzConfigs } from "./config-mutations.ts";
import { fuzzDifferential } from "./differential.ts";
import { fuzzPatterns } from "./patterns.ts";
import { fuzzProperties } from "./properties.ts";

/** Each runs for so many seconds from a seed, prints what it found and resolves with whether all was well. */
const FUZZERS: Readonly<Record<string, (seconds: number, seed: number) => Promise<boolean>>> = {
  configs: fuzzConfigs,
  differential: fuzzDifferential,
  patterns: fuzzPatterns,
  properties: fuzzProperties,
};

const [name = "all", secondsText = "60", seedText = String(Date.now() % 1_000_000)] = process.argv.slice(2);
const chosen = Object.entries(FUZZERS).filter(([known]) => name === "all" || name === known);
if (chosen.length === 0) throw new Error(`Cannot find fuzzer "${name}": there are ${Object.keys(FUZZERS).join(", ")}`);

for (const [known, fuzz] of chosen) {
  process.stdout.write(`${known}: ${secondsText} s, seed ${seedText}\n`);
  if (!(await fuzz(Number(secondsText), Number(seedText)))) process.exitCode = 1;
}

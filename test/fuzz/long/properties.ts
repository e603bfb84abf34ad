/** The properties of the parsers, for as long as asked. */

import fc from "fast-check";
import { PARSER_PROPERTIES } from "../parser-properties.ts";

/** Runs each for its part of `seconds`; resolves with whether all held. A failure is printed with its smallest example and its seed. */
export async function fuzzProperties(seconds: number, seed: number): Promise<boolean> {
  const properties = Object.entries(PARSER_PROPERTIES);
  let hold = true;
  for (const [name, property] of properties) {
    const timeLimit = (seconds * 1000) / properties.length;
    const details = await fc.check(property, { seed, numRuns: 1_000_000_000, interruptAfterTimeLimit: timeLimit });
    process.stdout.write(`${name}: ${details.numRuns} runs\n`);
    if (!details.failed || details.counterexample === null) continue;
    hold = false;
    process.stdout.write(`${fc.defaultReportMessage(details) ?? "failed"}\n`);
  }
  return hold;
}

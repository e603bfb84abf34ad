/** Random patterns, translated by us and run by PCRE2 itself (`grep -P`): both must agree on what matches. */

import { spawnSync } from "node:child_process";
import { translatePcre } from "../../../src/http/routing/pcre.ts";
import { createRandom, type Random } from "../hostile-requests.ts";

const ATOMS = [
  "a",
  "b",
  "A",
  "0",
  "/",
  "\\.",
  ".",
  "\\d",
  "\\w",
  "\\s",
  "\\h",
  "\\W",
  "\\D",
  "[ab]",
  "[^ab]",
  "[a-c0]",
  "[[:alpha:]]",
  "[^[:digit:]-]",
  "\\x61",
  "\\b",
  "\\B",
  "^",
  "$",
  "\\A",
  "\\Z",
  "\\z",
  "\\Qa.\\E",
  "\\1",
  "(?i)a",
  "[\\w-]",
  "[]a]",
];
const REPEATS = ["", "", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{,2}", "{0}", "*+", "++", "?+"];
const GROUPS = ["(", "(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?<n>", "(?i:"];
const LETTERS = ["a", "b", "A", "B", "c", "0", "1", "-", "_", "/", ".", " ", "\t", "\xe9", "aa", "ab"];
const SUBJECTS = 60;
/** What one pattern may take; a random one rarely needs more than a moment. */
const PATIENCE_MS = 2000;

/** Resolves with whether no difference was found. */
export function fuzzPatterns(seconds: number, seed: number): Promise<boolean> {
  const random = createRandom(seed);
  const counts = { patterns: 0, refused: 0, differences: 0 };
  for (const until = Date.now() + seconds * 1000; Date.now() < until; counts.patterns++) {
    const pattern = randomPattern(random, 3);
    const subjects = Array.from({ length: SUBJECTS }, () => randomSubject(random));
    const theirs = matchedByPcre(pattern, subjects);
    const translated = translatePcre(pattern, { caseless: false });
    if ("refusal" in translated) counts.refused++;
    else if (theirs === "invalid") tell(counts, pattern, "PCRE refuses it");
    else if (theirs !== "given up") {
      const wrong = subjects.filter((subject, index) => translated.regexp.test(subject) !== theirs.has(index));
      if (wrong.length > 0) tell(counts, pattern, `differs on ${JSON.stringify(wrong[0])}; ours is ${translated.regexp}`);
    }
  }
  process.stdout.write(`${counts.patterns} patterns, ${counts.refused} refused by us, ${counts.differences} differences\n`);
  return Promise.resolve(counts.differences === 0);
}

function tell(counts: { differences: number }, pattern: string, what: string): void {
  counts.differences++;
  process.stdout.write(`${JSON.stringify(pattern)} ${what}\n`);
}

/** Indexes of the subjects that match. */
function matchedByPcre(pattern: string, subjects: readonly string[]): ReadonlySet<number> | "invalid" | "given up" {
  const input = Buffer.from(`${subjects.join("\n")}\n`, "latin1");
  const { status, stdout } = spawnSync("grep", ["-anP", "-e", pattern], { input, env: { LC_ALL: "C" }, timeout: PATIENCE_MS });
  if (status === null) return "given up";
  if (status === 2) return "invalid";
  return new Set([...stdout.toString("latin1").matchAll(/^(\d+):/gm)].map(([, line]) => Number(line) - 1));
}

function randomPattern(random: Random, depth: number): string {
  let text = "";
  for (let count = 1 + random.below(4); count > 0; count--) {
    const isGroup = depth > 0 && random.below(4) === 0;
    const item = isGroup ? `${random.pick(GROUPS)}${randomPattern(random, depth - 1)})` : random.pick(ATOMS);
    text += `${item}${random.pick(REPEATS)}${random.below(10) === 0 ? "|" : ""}`;
  }
  return text;
}

function randomSubject(random: Random): string {
  let text = "";
  for (let count = random.below(7); count > 0; count--) text += random.pick(LETTERS);
  return text;
}

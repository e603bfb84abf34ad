/**
 * The same hostile bytes to nginx and to foregate, each before origins of its own: where one forwards what the other refuses, or forwards
 * something else, is printed, the shortest example of each kind.
 */

import { fileURLToPath } from "node:url";
import { createRandom, hostileRequests, splitWrites } from "../hostile-requests.ts";
import { type FuzzedFront, type Outcome, startFuzzedFront } from "./fuzzed-front.ts";

const MISFRAMED = "0 MISFRAMED";

interface Outcomes {
  nginx: Outcome;
  foregate: Outcome;
}

interface Finding extends Outcomes {
  count: number;
  /** The shortest bytes that show it, a bar where one write ended. */
  bytes: string;
}

const LANES = 4;
/** Longer than one case may take. */
const SETTLING_MS = 300;
const NGINX = process.env["NGINX"] ?? "/usr/sbin/nginx";
const FOREGATE = process.env["FUZZ_FOREGATE"] ?? fileURLToPath(new URL("foregate.js", import.meta.url));

const findings = new Map<string, Finding>();
let cases = 0;

/** Compares for `seconds`; resolves with whether an origin of foregate's was ever sent bytes that it could misread. */
export async function fuzzDifferential(seconds: number, seed: number): Promise<boolean> {
  await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(seconds, seed + lane)));
  report();
  return [...findings.keys()].every((kind) => !kind.startsWith(MISFRAMED));
}

async function runLane(seconds: number, laneSeed: number): Promise<void> {
  const random = createRandom(laneSeed);
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const nginx = await startFuzzedFront(NGINX, [], `master_process off; ${user}`);
  const foregate = await startFuzzedFront(process.execPath, [FOREGATE], "");
  try {
    for (const until = Date.now() + seconds * 1000; Date.now() < until; ) {
      await compare(splitWrites(random, hostileRequests(random)), nginx, foregate);
    }
  } finally {
    await Promise.all([nginx.stop(), foregate.stop()]);
  }
}

async function compare(writes: readonly (string | number)[], nginx: FuzzedFront, foregate: FuzzedFront): Promise<void> {
  const bytes = writes.filter((write) => typeof write === "string").join("|");
  const first = await attackBoth(writes, nginx, foregate);
  cases++;
  if (kindOf(first.nginx, first.foregate) === undefined) return;
  // On a busy machine an answer comes late and counts for the next case: what is real shows again. A misframed request is real at once.
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
  const again = first.foregate.faults.length > 0 ? first : await attackBoth(writes, nginx, foregate);
  const kind = kindOf(again.nginx, again.foregate);
  if (kind === undefined) return;
  const known = findings.get(kind);
  if (known === undefined) findings.set(kind, { count: 1, bytes, ...again });
  else {
    known.count++;
    if (bytes.length < known.bytes.length) Object.assign(known, { bytes, ...again });
  }
}

async function attackBoth(writes: readonly (string | number)[], nginx: FuzzedFront, foregate: FuzzedFront): Promise<Outcomes> {
  const [theirs, ours] = await Promise.all([nginx.attack(writes), foregate.attack(writes)]);
  return { nginx: theirs, foregate: ours };
}

/** Undefined where both did the same. */
function kindOf(nginx: Outcome, foregate: Outcome): string | undefined {
  if (foregate.faults.length > 0) return `${MISFRAMED} by foregate: ${foregate.faults[0]?.split(" in ")[0]}`;
  const statuses = `nginx ${nginx.statuses.join()}, foregate ${foregate.statuses.join()}`;
  const [theirs, ours] = [nginx.forwarded.length + nginx.faults.length, foregate.forwarded.length];
  if (ours > theirs) return `1 only foregate forwards: ${statuses}`;
  if (ours < theirs) return `3 only nginx forwards: ${statuses}`;
  if (nginx.faults.length === 0 && nginx.forwarded.join("\n") !== foregate.forwarded.join("\n"))
    return `2 forwarded otherwise: ${statuses}`;
  return nginx.statuses.join() === foregate.statuses.join() ? undefined : `4 answered otherwise: ${statuses}`;
}

function report(): void {
  process.stdout.write(`${cases} cases, ${findings.size} kinds of difference\n`);
  for (const [kind, finding] of [...findings].sort(([a], [b]) => (a < b ? -1 : 1))) {
    process.stdout.write(`\n${kind} (${finding.count} times)\n  ${JSON.stringify(finding.bytes)}\n`);
    for (const name of ["nginx", "foregate"] as const) {
      const { forwarded, faults } = finding[name];
      if (forwarded.length + faults.length > 0) process.stdout.write(`  ${name} forwards ${JSON.stringify([...forwarded, ...faults])}\n`);
    }
  }
}

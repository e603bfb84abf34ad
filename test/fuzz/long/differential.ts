/**
 * The same hostile bytes to nginx and to foregate, each before origins of its own: where one forwards what the other refuses, or forwards
 * something else, is printed, the shortest example of each kind. Run by hand: node dist/fuzz.js [seconds] [seed]
 */

import { fileURLToPath } from "node:url";
import { createRandom, hostileRequests } from "../hostile-requests.ts";
import { type FuzzedFront, type Outcome, startFuzzedFront } from "./fuzzed-front.ts";

interface Finding {
  count: number;
  /** The shortest bytes that show it. */
  bytes: string;
  nginx: Outcome;
  foregate: Outcome;
}

const LANES = 4;
const NGINX = process.env["NGINX"] ?? "/usr/sbin/nginx";
const FOREGATE = process.env["FUZZ_FOREGATE"] ?? fileURLToPath(new URL("foregate.js", import.meta.url));

const seconds = Number(process.argv[2] ?? 60);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const findings = new Map<string, Finding>();
let cases = 0;

process.stdout.write(`${seconds} s, seed ${seed}\n`);
await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(seed + lane)));
report();

async function runLane(laneSeed: number): Promise<void> {
  const random = createRandom(laneSeed);
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const nginx = await startFuzzedFront(NGINX, [], `master_process off; ${user}`);
  const foregate = await startFuzzedFront(process.execPath, [FOREGATE], "");
  try {
    for (const until = Date.now() + seconds * 1000; Date.now() < until; ) await compare(hostileRequests(random), nginx, foregate);
  } finally {
    await Promise.all([nginx.stop(), foregate.stop()]);
  }
}

async function compare(bytes: string, nginx: FuzzedFront, foregate: FuzzedFront): Promise<void> {
  const [theirs, ours] = await Promise.all([nginx.attack(bytes), foregate.attack(bytes)]);
  cases++;
  const kind = kindOf(theirs, ours);
  if (kind === undefined) return;
  const known = findings.get(kind);
  if (known === undefined) findings.set(kind, { count: 1, bytes, nginx: theirs, foregate: ours });
  else {
    known.count++;
    if (bytes.length < known.bytes.length) Object.assign(known, { bytes, nginx: theirs, foregate: ours });
  }
}

/** Undefined where both did the same. */
function kindOf(nginx: Outcome, foregate: Outcome): string | undefined {
  if (foregate.faults.length > 0) return `0 MISFRAMED by foregate: ${foregate.faults[0]?.split(" in ")[0]}`;
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

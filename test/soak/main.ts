/** `npm run soak -- --seconds N`: runs a soak and prints what came of it; exits 1 when something was lost or grew. */

import { parseArgs } from "node:util";
import { KINDS } from "./ledger.ts";
import { runSoak, type SoakReport } from "./run-soak.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "600" } } });
const report = await runSoak(Number(values.seconds));
process.stdout.write(render(report));
process.exitCode = report.faults.length === 0 ? 0 : 1;

function render({ ledger, disturbances, growth, faults }: SoakReport): string {
  const rows = KINDS.map((kind) => [kind, ledger.succeeded[kind], ledger.cutOnPurpose[kind], ledger.lost[kind]]);
  const table = [["kind", "succeeded", "cut on purpose", "lost"], ...rows].map(([kind, ...counts]) =>
    [String(kind).padEnd(16), ...counts.map((count) => String(count).padStart(15))].join(""),
  );
  const lines = [
    ...table,
    "",
    `retried after a reload: ${ledger.retried}; clients that left: ${ledger.aborted}`,
    ...Object.entries(disturbances).map(([name, count]) => `${name}: ${count}`),
    ...growth.map(
      ({ pid, memoryMb, files, memoryAtEndMb }) =>
        `process ${pid}: ${memoryAtEndMb.toFixed(1)} MB at the end, ${memoryMb.toFixed(1)} MB and ${files.toFixed(1)} files more while calm`,
    ),
    ...(faults.length === 0 ? ["all is well"] : ["", "FAULTS", ...faults]),
  ];
  return `${lines.join("\n")}\n`;
}

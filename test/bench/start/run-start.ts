/** `npm run bench -- --start`: start-up, configuration tests, memory and workers, each beside what is wanted. */
import { findProgram, installMissing } from "../load/install.ts";
import type { Options } from "../load/options.ts";
import { inWorkspace, type Workspace } from "../load/workspace.ts";
import { type Figure, missesOf, renderFigures } from "./figure.ts";
import { measureLargeCost } from "./large-cost.ts";
import { measureMemory } from "./memory.ts";
import { measureConfigTest, measureFirstAnswer, measureLargeStart } from "./start-up.ts";
import { subjectsOf } from "./subject.ts";
import { measureTwoWorkers } from "./two-workers.ts";

const NEEDED = [
  { program: "wrk", packages: ["wrk"] },
  { program: "nginx", packages: ["nginx"] },
];

/** Prints a table each; the exit code is 1 when a figure is not what is wanted. */
export async function runStart(options: Options): Promise<number> {
  const missing = installMissing(NEEDED, options.install);
  process.stderr.write(missing.map((line) => `${line}\n`).join(""));
  if (findProgram("wrk") === undefined) return 1;
  const { rounds, seconds } = options;
  const subjects = subjectsOf(options);
  return inWorkspace(async (workspace: Workspace) => {
    let misses = 0;
    const show = (title: string, figures: readonly Figure[]): void => {
      misses += missesOf(figures);
      process.stdout.write(renderFigures(title, figures));
    };
    show("Start-up to the first answer, medians of 15", await measureFirstAnswer(subjects, workspace));
    show("-t, medians of 5", await measureConfigTest(subjects, workspace));
    show("Start-up with 1,000 servers of 20 locations, medians of 5", await measureLargeStart(subjects, workspace));
    show(
      "A request with 1,000 servers of 20 locations over one with its server alone, CPU",
      await measureLargeCost(subjects, rounds, seconds, workspace),
    );
    show("Memory", await measureMemory(subjects, workspace));
    show("Two workers over one, requests per second", await measureTwoWorkers(subjects, rounds, seconds, workspace));
    return misses === 0 ? 0 : 1;
  });
}

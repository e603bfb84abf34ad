/** The package as a library: the command line as a function, and the shape of what `explain --json` prints. */

export type { ExplainedAnswer, ExplainedSetting, ExplainedStep, Explanation } from "./cli/explain/explanation.ts";
export { run } from "./cli/run.ts";

/** The package as a library: the command line as a function, and the shape of what `explain --json` prints. */

export type {
  ExplainedAnswer,
  ExplainedPair,
  ExplainedPeer,
  ExplainedSetting,
  ExplainedStep,
  ExplainedUpstream,
  Explanation,
  Place,
} from "./cli/explain/explanation.ts";
export { run } from "./cli/run.ts";

/** The parts that rewrite scripts are made of: each directive becomes a closure that acts and says how the script goes on. */

import type { RequestContext } from "../../http/request-context.ts";
import type { Response } from "../../http/response.ts";

/** What one run of a script keeps; made for each run and written by its steps. */
export interface ScriptRun {
  /** A `rewrite` matched and no `break` came after it: a location must be chosen anew. */
  uriChanged: boolean;
  /** nginx: e->quote, on from the start and off behind the first rewrite that matched. */
  escapesCaptures: boolean;
}

/** Undefined: the next step; "end": no further step; a status or an answer ends the request. */
export type StepOutcome = undefined | "end" | number | Response;

export type Step = (r: RequestContext, run: ScriptRun) => StepOutcome;

export function runSteps(steps: readonly Step[], r: RequestContext, run: ScriptRun): StepOutcome {
  for (const step of steps) {
    const outcome = step(r, run);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

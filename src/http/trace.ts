/** How decisions say why: `foregate explain` gives a listener, serving gives none and pays one comparison. */

import type { Span } from "../config/source.ts";
import type { Handler } from "./phase.ts";

export interface TraceStep {
  /** What was decided or tried: "location", "rewrite", "try_files", "server", "index", "upstream" … a directive's name where there is one. */
  readonly step: string;
  /** What was tried, as written: a location's label, a pattern, a candidate, a status. */
  readonly subject?: string;
  /** In words: what it was compared with and why it won or lost; or what came of it. */
  readonly text: string;
  readonly won?: boolean;
  /** Where the rule was written. */
  readonly span?: Span | undefined;
  /** A handler that would forward the request, not run. */
  readonly handler?: Handler;
}

export type Trace = ((step: TraceStep) => void) | undefined;

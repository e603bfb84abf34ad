/** The choice of a location, told to `foregate explain` once it is made: each location once, with why it won, lost or was not tried. */

import type { CompiledLocation } from "./compiled.ts";
import { type LocationStep, matchLocationTraced } from "./routing/location-match.ts";
import type { LocationEntry, LocationMatch, LocationTree } from "./routing/location-tree.ts";
import type { Trace } from "./trace.ts";

type Step = LocationStep<CompiledLocation>;
type Entry = LocationEntry<CompiledLocation>;

/** Chooses as `matchLocation` does. Only the end of the search shows which of the matching prefixes was the longest. */
export function explainLocationMatch(
  tree: LocationTree<CompiledLocation>,
  uri: string,
  trace: NonNullable<Trace>,
): LocationMatch<CompiledLocation> | undefined {
  const last = new Map<Entry, Step>();
  const match = matchLocationTraced(tree, uri, (step) => last.set(step.entry, step));
  const chosen = match === undefined ? undefined : last.get(match.entry);
  for (const step of last.values()) {
    const { label, span } = step.entry.payload;
    const won = step === chosen;
    trace({ step: "location", subject: `${"  ".repeat(step.depth)}${label}`, text: won ? whyWon(step) : whyLost(step, chosen), won, span });
  }
  if (chosen === undefined) trace({ step: "location", text: "no location matches: the server's own settings", won: true });
  return match;
}

function whyWon({ entry, verdict }: Step): string {
  switch (verdict) {
    case "longest prefix so far":
      return entry.modifier === "^~" ? "longest matching prefix, and ^~: no regex is tried" : "longest matching prefix";
    case "lacks only the last slash":
      return "the URI lacks only the last slash: redirect to it";
    default:
      return verdict;
  }
}

/** The longest prefix of a level loses to what was found inside it, or to a regex. */
function whyLost(step: Step, chosen: Step | undefined): string {
  const { verdict } = step;
  if (verdict !== "longest prefix so far" && verdict !== "regex matched" && verdict !== "exact match") return verdict;
  if (chosen !== undefined && isInside(chosen.entry, step.entry)) return "matches, and a location inside it is chosen";
  if (chosen?.verdict === "regex matched") return "longest matching prefix, but a regex matches";
  return verdict === "longest prefix so far" ? "a longer prefix matches" : verdict;
}

function isInside(entry: Entry, outer: Entry): boolean {
  return outer.nested.some((inner) => inner === entry || isInside(entry, inner));
}

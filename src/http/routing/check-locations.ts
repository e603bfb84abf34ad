/** What nginx refuses about the places and names of locations (ngx_http_core_location, ngx_http_join_exact_locations). */
import type { LocationEntry } from "./location-tree.ts";

export interface LocationMistake<L> {
  /** In nginx's words. */
  readonly message: string;
  /** The location at fault. */
  readonly entry: LocationEntry<L>;
}

/** Every mistake among a server's locations, in the order they are written; empty when all is well. */
export function checkLocations<L>(entries: readonly LocationEntry<L>[]): readonly LocationMistake<L>[] {
  return checkLevel(entries, undefined);
}

function checkLevel<L>(entries: readonly LocationEntry<L>[], around: LocationEntry<L> | undefined): readonly LocationMistake<L>[] {
  const seen = new Set<string>();
  return entries.flatMap((entry) => {
    const message = (around === undefined ? undefined : checkPlace(entry, around)) ?? checkName(entry, seen);
    const inside = checkLevel(entry.nested, entry);
    return message === undefined ? inside : [{ message, entry }, ...inside];
  });
}

function checkPlace<L>({ modifier, name }: LocationEntry<L>, around: LocationEntry<L>): string | undefined {
  if (around.modifier === "=") return `location "${name}" cannot be inside the exact location "${around.name}"`;
  if (around.modifier === "@") return `location "${name}" cannot be inside the named location "${around.name}"`;
  if (modifier === "@") return `named location "${name}" can be on the server level only`;
  const isRegex = modifier === "~" || modifier === "~*";
  // nginx compares with the text of a pattern too.
  return isRegex || name.startsWith(around.name) ? undefined : `location "${name}" is outside location "${around.name}"`;
}

/** Patterns and named locations may be repeated: the first one is used. */
function checkName<L>({ modifier, name }: LocationEntry<L>, seen: Set<string>): string | undefined {
  if (modifier === "~" || modifier === "~*" || modifier === "@") return undefined;
  const key = `${modifier === "=" ? "=" : ""} ${name}`;
  if (seen.has(key)) return `duplicate location "${name}"`;
  seen.add(key);
  return undefined;
}

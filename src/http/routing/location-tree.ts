/** A server's locations, arranged so that choosing one costs as much among ten thousand as among ten (nginx: ngx_http_init_static_location_trees). */

/** One location as the configuration has it; `L` is whatever the caller wants back. */
export interface LocationEntry<L> {
  readonly modifier: "" | "=" | "^~" | "~" | "~*" | "@";
  /** The prefix, the exact path, the pattern, or the name with its `@`. */
  readonly name: string;
  /** The translated pattern of a `~` or `~*` location. */
  readonly regex?: RegExp | undefined;
  /** Whether the location passes requests on, so that "/x" is answered with a redirect to its "/x/". */
  readonly autoRedirect: boolean;
  readonly payload: L;
  readonly nested: readonly LocationEntry<L>[];
}

/** What a choice ends with; made beforehand for every location whose choice leaves nothing to carry. */
export interface LocationMatch<L> {
  readonly entry: LocationEntry<L>;
  readonly payload: L;
  /** The URI lacks only the location's last slash: answer 301 with it. */
  readonly redirect: boolean;
  /** What the location's pattern captured: `$1` is [1]. Undefined without a pattern on the way here. */
  readonly captures: RegExpExecArray | undefined;
  /** The pattern location around this one, whose named captures hold as well. */
  readonly outer: LocationMatch<L> | undefined;
  /** For the search: no pattern may still win. */
  readonly settled: boolean;
  /** For the search: where it goes on, after a prefix match. */
  readonly nested: LocationLevel<L> | undefined;
}

/** A location ready for the search. */
export interface CompiledEntry<L> {
  readonly entry: LocationEntry<L>;
  readonly exact: LocationMatch<L>;
  readonly prefix: LocationMatch<L>;
  readonly redirect: LocationMatch<L>;
  /** Inside a pattern's location nginx looks for patterns only: exact and prefix locations there are never found. */
  readonly inside: readonly CompiledEntry<L>[];
  readonly regex: RegExp | undefined;
  /** False when the pattern has no group, which spares a request the array of captures. */
  readonly hasGroups: boolean;
}

/** A node of the radix tree over prefixes: `text` follows what the way to the node has matched. */
export interface PrefixNode<L> {
  readonly text: string;
  readonly location: CompiledEntry<L> | undefined;
  /** By the first byte of the child's text. */
  readonly children: ReadonlyMap<number, PrefixNode<L>>;
}

/** The locations directly inside a server or inside another location. */
export interface LocationLevel<L> {
  readonly exact: ReadonlyMap<string, CompiledEntry<L>>;
  /** Locations by their name without its last slash. */
  readonly redirects: ReadonlyMap<string, CompiledEntry<L>>;
  readonly prefixes: PrefixNode<L> | undefined;
  /** In the order they are written. */
  readonly regexes: readonly CompiledEntry<L>[];
}

export interface LocationTree<L> {
  readonly level: LocationLevel<L>;
  readonly named: ReadonlyMap<string, L>;
}

/** Arranges locations that `checkLocations` has nothing against; of those with one name the first counts. */
export function buildLocationTree<L>(entries: readonly LocationEntry<L>[]): LocationTree<L> {
  const named = new Map<string, L>();
  for (const { modifier, name, payload } of entries) {
    if (modifier === "@" && !named.has(name)) named.set(name, payload);
  }
  return { level: buildLevel(entries), named };
}

function buildLevel<L>(entries: readonly LocationEntry<L>[]): LocationLevel<L> {
  const exact = new Map<string, CompiledEntry<L>>();
  const prefixes = new Map<string, CompiledEntry<L>>();
  const regexes: CompiledEntry<L>[] = [];
  for (const entry of entries) {
    if (entry.modifier === "~" || entry.modifier === "~*") regexes.push(compileEntry(entry));
    else if (entry.modifier === "=" && !exact.has(entry.name)) exact.set(entry.name, compileEntry(entry));
    else if ((entry.modifier === "" || entry.modifier === "^~") && !prefixes.has(entry.name)) prefixes.set(entry.name, compileEntry(entry));
  }
  const sorted = [...prefixes.values()].sort((one, other) => (one.entry.name < other.entry.name ? -1 : 1));
  return { exact, redirects: redirectsOf(exact, prefixes), prefixes: sorted.length === 0 ? undefined : buildNode(sorted, 0), regexes };
}

/** nginx: of an exact and a prefix location of one name either may ask for the redirect, and the exact one is entered for it. */
function redirectsOf<L>(
  exact: ReadonlyMap<string, CompiledEntry<L>>,
  prefixes: ReadonlyMap<string, CompiledEntry<L>>,
): ReadonlyMap<string, CompiledEntry<L>> {
  const redirects = new Map<string, CompiledEntry<L>>();
  for (const { entry } of [...exact.values(), ...prefixes.values()]) {
    const location = exact.get(entry.name) ?? prefixes.get(entry.name);
    if (entry.autoRedirect && entry.name.endsWith("/") && location !== undefined) redirects.set(entry.name.slice(0, -1), location);
  }
  return redirects;
}

/** Most nodes are leaves, which share this. */
const NO_CHILDREN: ReadonlyMap<number, never> = new Map<number, never>();

/** The tree over names that are sorted and alike up to `offset`. */
function buildNode<L>(sorted: readonly CompiledEntry<L>[], offset: number): PrefixNode<L> {
  const first = sorted[0]?.entry.name ?? "";
  const end = offset + sharedLength(first, sorted.at(-1)?.entry.name ?? "", offset);
  const own = first.length === end ? sorted[0] : undefined;
  const below = own === undefined ? sorted : sorted.slice(1);
  const children = new Map<number, PrefixNode<L>>();
  for (let from = 0; from < below.length; ) {
    const code = below[from]?.entry.name.charCodeAt(end) ?? 0;
    let to = from + 1;
    while (to < below.length && below[to]?.entry.name.charCodeAt(end) === code) to++;
    children.set(code, buildNode(below.slice(from, to), end));
    from = to;
  }
  return { text: first.slice(offset, end), location: own, children: children.size === 0 ? NO_CHILDREN : children };
}

/** In a sorted list, what the first and the last name share, all share. */
function sharedLength(one: string, other: string, offset: number): number {
  let length = 0;
  while (offset + length < one.length && one[offset + length] === other[offset + length]) length++;
  return length;
}

function compileEntry<L>(entry: LocationEntry<L>): CompiledEntry<L> {
  const { payload, regex } = entry;
  const isRegex = entry.modifier === "~" || entry.modifier === "~*";
  const nested = isRegex || entry.nested.length === 0 ? undefined : buildLevel(entry.nested);
  // One order of fields for every match keeps the search monomorphic.
  const match = { entry, payload, redirect: false, captures: undefined, outer: undefined, settled: true, nested: undefined };
  return {
    entry,
    exact: match,
    prefix: { ...match, settled: false, nested },
    redirect: { ...match, redirect: true },
    inside: isRegex ? buildLevel(entry.nested).regexes : [],
    regex,
    hasGroups: regex !== undefined && groupsOf(regex) > 0,
  };
}

/** With an empty branch added any expression matches, and tells how many groups it has. */
function groupsOf(regex: RegExp): number {
  return (new RegExp(`${regex.source}|`, regex.flags).exec("")?.length ?? 1) - 1;
}

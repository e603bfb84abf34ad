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

/** What a choice ends with; made beforehand where there is nothing to carry but the location. */
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

/** A pattern's location ready for the search. */
export interface CompiledRegex<L> {
  readonly entry: LocationEntry<L>;
  readonly regex: RegExp;
  /** Inside a pattern's location nginx looks for patterns only: exact and prefix locations there are never found. */
  readonly inside: readonly CompiledRegex<L>[];
  /** False when the pattern has no group, which spares a request the array of captures. */
  readonly hasGroups: boolean;
}

/** A node of the radix tree over prefixes: `text` follows what the way to the node has matched. */
export interface PrefixNode<L> {
  readonly text: string;
  readonly match: LocationMatch<L> | undefined;
  /** By the first byte of the child's text. */
  readonly children: ReadonlyMap<number, PrefixNode<L>>;
}

/** The locations directly inside a server or inside another location. */
export interface LocationLevel<L> {
  readonly exact: ReadonlyMap<string, LocationMatch<L>>;
  /** Locations by their name without its last slash. */
  readonly redirects: ReadonlyMap<string, LocationMatch<L>>;
  readonly prefixes: PrefixNode<L> | undefined;
  /** In the order they are written. */
  readonly regexes: readonly CompiledRegex<L>[];
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
  const exact = new Map<string, LocationMatch<L>>();
  const prefixes = new Map<string, LocationMatch<L>>();
  for (const entry of entries) {
    if (entry.modifier === "=" && !exact.has(entry.name)) exact.set(entry.name, matchOf(entry, "exact"));
    else if ((entry.modifier === "" || entry.modifier === "^~") && !prefixes.has(entry.name))
      prefixes.set(entry.name, matchOf(entry, "prefix"));
  }
  const sorted = [...prefixes.values()].sort((one, other) => (one.entry.name < other.entry.name ? -1 : 1));
  return {
    exact,
    redirects: redirectsOf(exact, prefixes),
    prefixes: sorted.length === 0 ? undefined : buildNode(sorted, 0),
    regexes: regexesOf(entries),
  };
}

/** Most levels have none, and share this. */
const NO_REGEXES: readonly never[] = [];

function regexesOf<L>(entries: readonly LocationEntry<L>[]): readonly CompiledRegex<L>[] {
  const regexes: CompiledRegex<L>[] = [];
  for (const entry of entries) {
    const { modifier, regex } = entry;
    if ((modifier !== "~" && modifier !== "~*") || regex === undefined) continue;
    regexes.push({ entry, regex, inside: regexesOf(entry.nested), hasGroups: groupsOf(regex) > 0 });
  }
  return regexes.length === 0 ? NO_REGEXES : regexes;
}

/** nginx: of an exact and a prefix location of one name either may ask for the redirect, and the exact one is entered for it. */
function redirectsOf<L>(
  exact: ReadonlyMap<string, LocationMatch<L>>,
  prefixes: ReadonlyMap<string, LocationMatch<L>>,
): ReadonlyMap<string, LocationMatch<L>> {
  const redirects = new Map<string, LocationMatch<L>>();
  for (const { entry } of [...exact.values(), ...prefixes.values()]) {
    if (!entry.autoRedirect || !entry.name.endsWith("/")) continue;
    const entered = exact.get(entry.name)?.entry ?? entry;
    redirects.set(entry.name.slice(0, -1), matchOf(entered, "redirect"));
  }
  return redirects;
}

/** Most nodes are leaves, which share this. */
const NO_CHILDREN: ReadonlyMap<number, never> = new Map<number, never>();

/** The tree over names that are sorted and alike up to `offset`. */
function buildNode<L>(sorted: readonly LocationMatch<L>[], offset: number): PrefixNode<L> {
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
  return { text: first.slice(offset, end), match: own, children: children.size === 0 ? NO_CHILDREN : children };
}

/** In a sorted list, what the first and the last name share, all share. */
function sharedLength(one: string, other: string, offset: number): number {
  let length = 0;
  while (offset + length < one.length && one[offset + length] === other[offset + length]) length++;
  return length;
}

/** One order of fields for every match keeps the search monomorphic. */
function matchOf<L>(entry: LocationEntry<L>, as: "exact" | "prefix" | "redirect"): LocationMatch<L> {
  return {
    entry,
    payload: entry.payload,
    redirect: as === "redirect",
    captures: undefined,
    outer: undefined,
    settled: as !== "prefix",
    nested: as === "prefix" && entry.nested.length > 0 ? buildLevel(entry.nested) : undefined,
  };
}

/** With an empty branch added any expression matches, and tells how many groups it has. */
function groupsOf(regex: RegExp): number {
  return (new RegExp(`${regex.source}|`, regex.flags).exec("")?.length ?? 1) - 1;
}

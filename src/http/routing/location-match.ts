/** Chooses the location of a URI exactly as nginx does (ngx_http_core_find_location; http_core_module, `location`). */
import type { CompiledRegex, LocationEntry, LocationLevel, LocationMatch, LocationTree, PrefixNode } from "./location-tree.ts";

/** Why one location won, lost or was passed over. */
export type LocationVerdict =
  | "exact match"
  | "lacks only the last slash"
  | "longest prefix so far"
  | "a longer prefix matches"
  | "regex matched"
  | "regex tried, no match"
  | "not tried: exact match"
  | "not tried: redirect to the last slash"
  | "not tried: a ^~ prefix matched"
  | "not tried: an earlier regex matched"
  | "not tried: a nested location was chosen";

export interface LocationStep<L> {
  readonly entry: LocationEntry<L>;
  readonly verdict: LocationVerdict;
  /** How many locations stand around this one. */
  readonly depth: number;
}

/** Is told of every location whose prefix matches and of every pattern, in the order of the search. */
export type LocationTrace<L> = (step: LocationStep<L>) => void;

/** The location for a normalised URI of latin1 bytes; undefined when none matches and the server's own settings apply. */
export function matchLocation<L>(tree: LocationTree<L>, uri: string): LocationMatch<L> | undefined {
  return search(tree.level, uri, undefined, 0);
}

/** {@link matchLocation}, telling every step of it. */
export function matchLocationTraced<L>(tree: LocationTree<L>, uri: string, trace: LocationTrace<L>): LocationMatch<L> | undefined {
  return search(tree.level, uri, trace, 0);
}

/** The payload of a named location; `name` with its `@`. */
export function findNamedLocation<L>(tree: LocationTree<L>, name: string): L | undefined {
  return tree.named.get(name);
}

/**
 * One level. nginx's rules, some of which surprise: a prefix's nested locations are searched before the patterns beside it; a match
 * among them that is neither exact nor a pattern leaves those patterns their turn; and `^~` rules out the patterns of its own level only.
 */
function search<L>(level: LocationLevel<L>, uri: string, trace: LocationTrace<L> | undefined, depth: number): LocationMatch<L> | undefined {
  const { regexes } = level;
  const location = searchStatic(level, uri, trace, depth);
  let match = location;
  if (location !== undefined) {
    if (location.settled) {
      if (trace !== undefined)
        passOver(regexes, 0, location.redirect ? "not tried: redirect to the last slash" : "not tried: exact match", trace, depth);
      return location;
    }
    if (location.nested !== undefined) {
      match = search(location.nested, uri, trace, depth + 1) ?? location;
      if (match.settled) {
        if (trace !== undefined) passOver(regexes, 0, "not tried: a nested location was chosen", trace, depth);
        return match;
      }
    }
    if (location.entry.modifier === "^~") {
      if (trace !== undefined) passOver(regexes, 0, "not tried: a ^~ prefix matched", trace, depth);
      return match;
    }
  }
  return regexes.length === 0 ? match : (searchRegexes(regexes, uri, undefined, trace, depth) ?? match);
}

function searchStatic<L>(
  level: LocationLevel<L>,
  uri: string,
  trace: LocationTrace<L> | undefined,
  depth: number,
): LocationMatch<L> | undefined {
  if (level.exact.size > 0) {
    const exact = level.exact.get(uri);
    if (exact !== undefined) {
      trace?.({ entry: exact.entry, verdict: "exact match", depth });
      return exact;
    }
  }
  const prefix = level.prefixes === undefined ? undefined : longestPrefix(level.prefixes, uri, trace, depth);
  if (level.redirects.size > 0 && prefix?.entry.name.length !== uri.length) {
    const redirect = level.redirects.get(uri);
    if (redirect !== undefined) {
      trace?.({ entry: redirect.entry, verdict: "lacks only the last slash", depth });
      return redirect;
    }
  }
  return prefix;
}

/** Goes down the radix tree; each step compares a piece of the URI once. */
function longestPrefix<L>(
  root: PrefixNode<L>,
  uri: string,
  trace: LocationTrace<L> | undefined,
  depth: number,
): LocationMatch<L> | undefined {
  let longest: LocationMatch<L> | undefined;
  let node: PrefixNode<L> | undefined = root;
  let position = 0;
  while (node !== undefined && uri.startsWith(node.text, position)) {
    position += node.text.length;
    if (node.match !== undefined) {
      if (trace !== undefined) {
        if (longest !== undefined) trace({ entry: longest.entry, verdict: "a longer prefix matches", depth });
        trace({ entry: node.match.entry, verdict: "longest prefix so far", depth });
      }
      longest = node.match;
    }
    if (position === uri.length) break;
    node = node.children.get(uri.charCodeAt(position));
  }
  return longest;
}

/** The first pattern that matches, and inside its location again; what is found so is final. */
function searchRegexes<L>(
  regexes: readonly CompiledRegex<L>[],
  uri: string,
  outer: LocationMatch<L> | undefined,
  trace: LocationTrace<L> | undefined,
  depth: number,
): LocationMatch<L> | undefined {
  for (let index = 0; index < regexes.length; index++) {
    const location = regexes[index];
    if (location === undefined) continue;
    const { entry, regex, inside, hasGroups } = location;
    const captures = hasGroups ? regex.exec(uri) : regex.test(uri) ? NO_CAPTURES : null;
    if (captures === null) {
      trace?.({ entry, verdict: "regex tried, no match", depth });
      continue;
    }
    if (trace !== undefined) {
      trace({ entry, verdict: "regex matched", depth });
      passOver(regexes, index + 1, "not tried: an earlier regex matched", trace, depth);
    }
    const match = { entry, payload: entry.payload, redirect: false, captures, outer, settled: true, nested: undefined };
    return inside.length === 0 ? match : (searchRegexes(inside, uri, match, trace, depth + 1) ?? match);
  }
  return undefined;
}

/** What a pattern without groups captures; shared, never written. */
const NO_CAPTURES: RegExpExecArray = Object.assign<[string], { index: number; input: string }>([""], { index: 0, input: "" });

function passOver<L>(
  regexes: readonly CompiledRegex<L>[],
  from: number,
  verdict: LocationVerdict,
  trace: LocationTrace<L>,
  depth: number,
): void {
  for (const { entry } of regexes.slice(from)) trace({ entry, verdict, depth });
}

/** Requests as attackers write them: made from the seeds of known attacks on framing, hosts and paths, then broken at random. */

import {
  AUTHORITIES,
  BODIES,
  FIELDS,
  FRAMINGS,
  HOSTILE_BYTES,
  HOSTS,
  LINE_ENDS,
  METHODS,
  PLACES,
  TARGETS,
  VERSIONS,
} from "./hostile-pieces.ts";

export interface Random {
  /** An integer from 0 up to, not including, `bound`. */
  below(bound: number): number;
  pick<T>(values: readonly T[]): T;
}

/** Repeatable: the same seed gives the same requests (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * bound);
  };
  return {
    below,
    pick: (values) => {
      const value = values[below(values.length)];
      if (value === undefined) throw new Error("Cannot pick from nothing");
      return value;
    },
  };
}

/** Up to three requests in a row, latin1. */
export function hostileRequests(random: Random): string {
  let text = "";
  for (let count = 1 + (random.below(4) === 0 ? random.below(3) : 0); count > 0; count--) text += oneRequest(random);
  for (let count = random.below(3) === 0 ? 1 + random.below(2) : 0; count > 0; count--) text = broken(random, text);
  return text;
}

/** The text in one write, or one time in three in up to four writes with a moment in between. */
export function splitWrites(random: Random, text: string): readonly (string | number)[] {
  if (random.below(3) !== 0) return [text];
  const writes: (string | number)[] = [];
  let rest = text;
  for (let cuts = 1 + random.below(3); cuts > 0 && rest.length > 1; cuts--) {
    const at = 1 + random.below(rest.length - 1);
    writes.push(rest.slice(0, at), 1);
    rest = rest.slice(at);
  }
  return [...writes, rest];
}

function oneRequest(random: Random): string {
  const end = random.below(6) === 0 ? random.pick(LINE_ENDS) : "\r\n";
  const target = `${random.below(12) === 0 ? random.pick(AUTHORITIES) : ""}${random.pick(PLACES)}${random.pick(TARGETS)}`;
  const lines = [`${random.pick(METHODS)} ${target}${random.pick(VERSIONS)}`];
  if (random.below(20) !== 0) lines.push(random.below(3) === 0 ? random.pick(HOSTS) : "Host: localhost");
  for (let count = random.below(4); count > 0; count--) lines.push(random.pick(FIELDS));
  const hasBody = random.below(2) === 0;
  if (hasBody) lines.splice(1 + random.below(lines.length), 0, random.pick(FRAMINGS));
  return `${lines.join(end)}${end}${random.below(15) === 0 ? random.pick(LINE_ENDS) : end}${hasBody ? random.pick(BODIES) : ""}`;
}

/** One byte put in, taken out or changed, or a piece said twice. */
function broken(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  switch (random.below(4)) {
    case 0:
      return text.slice(0, at) + random.pick(HOSTILE_BYTES) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + random.pick(HOSTILE_BYTES) + text.slice(at + 1);
    default:
      return text.slice(0, at) + text.slice(Math.max(0, at - 1 - random.below(40)));
  }
}

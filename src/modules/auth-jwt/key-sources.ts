/** Where a location's keys come from: files, and answers to requests that are made for them. */

import type { RequestContext } from "../../http/request-context.ts";
import type { Subrequest } from "../../http/subrequest.ts";
import type { KeySet } from "./key-set.ts";

/** Why a source has no keys: the server's own trouble (nginx: 500 when at least one of them cannot be loaded). */
export class NoKeys {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

export interface KeySource {
  /** What is known now; undefined: it has to be asked for. */
  read(r: RequestContext): KeySet | NoKeys | undefined;
  /** `done` is called once, perhaps before this returns. The subrequest is for aborting. */
  ask?(r: RequestContext, done: (keys: KeySet | NoKeys) => void): Subrequest | undefined;
}

/** Waits only where one has to be asked for; all that have to are asked at once. "gone": the client did not wait. */
export function readKeySets(
  r: RequestContext,
  sources: readonly KeySource[],
): readonly KeySet[] | NoKeys | Promise<readonly KeySet[] | NoKeys | "gone"> {
  const keySets: KeySet[] = [];
  for (const source of sources) {
    const keys = source.read(r);
    if (keys === undefined) return askForKeys(r, sources);
    if (keys instanceof NoKeys) return keys;
    keySets.push(keys);
  }
  return keySets;
}

function askForKeys(r: RequestContext, sources: readonly KeySource[]): Promise<readonly KeySet[] | NoKeys | "gone"> {
  return new Promise((resolve) => {
    const keySets: KeySet[] = [];
    let missing = sources.length;
    const asked: (Subrequest | undefined)[] = [];
    let isSettled = false;
    const settle = (result: readonly KeySet[] | NoKeys | "gone"): void => {
      if (isSettled) return;
      isSettled = true;
      r.exchange.onGone = undefined;
      for (const subrequest of asked) subrequest?.abort();
      resolve(result);
    };
    const take = (index: number, keys: KeySet | NoKeys): void => {
      if (keys instanceof NoKeys) {
        settle(keys);
        return;
      }
      keySets[index] = keys;
      if (--missing === 0) settle(keySets);
    };
    r.exchange.onGone = () => settle("gone");
    for (const [index, source] of sources.entries()) {
      if (isSettled) return;
      const keys = source.read(r);
      if (keys !== undefined) take(index, keys);
      else asked.push(source.ask?.(r, (answered) => take(index, answered)));
    }
  });
}

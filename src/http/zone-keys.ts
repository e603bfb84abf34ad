/** The keys that a request is counted by. */

import type { RequestContext } from "./request-context.ts";
import { logRequestError } from "./request-log.ts";
import type { Evaluate } from "./template.ts";

export interface ZoneKey {
  readonly evaluate: Evaluate;
  /** As written. */
  readonly text: string;
}

/** One a limit; "" stands for one that does not count, as what is too long for nginx does not. */
export function readZoneKeys(r: RequestContext, keys: readonly ZoneKey[], bytesMax: number): readonly string[] {
  return keys.map(({ evaluate, text }) => {
    const key = evaluate(r);
    if (key.length <= bytesMax) return key;
    logRequestError(r, "error", `the value of the "${text}" key is more than ${bytesMax} bytes: "${key}"`);
    return "";
  });
}

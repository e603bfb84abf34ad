/** Answers workers' questions from zones that are kept here, and knows what each worker holds: a worker that dies gives it back. */

import type { Hold } from "./connection-limiter.ts";
import { LocalConnectionLimiter } from "./connection-limiter.ts";
import type { LocalZones } from "./local-zones.ts";
import type { LocalRequestLimiter } from "./request-limiter.ts";
import type { KeysOfLimiter, LimiterDefinition, ZoneAnswers, ZoneOutcome, ZoneQuestions } from "./zone-questions.ts";

/** What is known of one worker. */
class Asker {
  readonly limiters = new Map<number, LocalRequestLimiter | LocalConnectionLimiter>();
  /** By limiter and keys; holds of the same keys are alike. */
  readonly holds = new Map<string, Hold[]>();
}

export class ZoneKeeper {
  private readonly zones: LocalZones;
  private readonly askers = new Map<object, Asker>();

  constructor(zones: LocalZones) {
    this.zones = zones;
  }

  /** `worker`: whatever stands for it, the same until `forget`. */
  answer(worker: object, { batch, defined, asked, released }: ZoneQuestions): ZoneAnswers {
    let asker = this.askers.get(worker);
    if (asker === undefined) {
      asker = new Asker();
      this.askers.set(worker, asker);
    }
    for (const definition of defined) asker.limiters.set(definition.limiter, this.open(definition));
    for (const keys of released) takeHold(asker, keys)?.release();
    return { batch, outcomes: asked.map((keys) => decide(asker, keys)) };
  }

  /** Gives back all that a worker held when it ended. */
  forget(worker: object): void {
    const asker = this.askers.get(worker);
    this.askers.delete(worker);
    for (const holds of asker?.holds.values() ?? []) for (const hold of holds) hold.release();
  }

  private open(definition: LimiterDefinition): LocalRequestLimiter | LocalConnectionLimiter {
    return "requests" in definition ? this.zones.requestLimiter(definition.requests) : this.zones.connectionLimiter(definition.connections);
  }
}

function decide(asker: Asker, [limiter, keys]: KeysOfLimiter): ZoneOutcome {
  const found = asker.limiters.get(limiter);
  if (found === undefined) throw new RangeError(`Cannot decide for limiter ${limiter}: it was never defined`);
  if (!(found instanceof LocalConnectionLimiter)) return found.take(keys);
  const { hold, ...outcome } = found.take(keys);
  if (hold !== undefined) keepHold(asker, [limiter, keys], hold);
  return outcome;
}

function keepHold(asker: Asker, keys: KeysOfLimiter, hold: Hold): void {
  const name = JSON.stringify(keys);
  const holds = asker.holds.get(name);
  if (holds === undefined) asker.holds.set(name, [hold]);
  else holds.push(hold);
}

function takeHold(asker: Asker, keys: KeysOfLimiter): Hold | undefined {
  const name = JSON.stringify(keys);
  const holds = asker.holds.get(name);
  const hold = holds?.pop();
  if (holds?.length === 0) asker.holds.delete(name);
  return hold;
}

/** What workers ask the master about its zones: plain data that goes between processes, all that one turn of the event loop brings in one message. */

import type { ConnectionLimit, ConnectionOutcome } from "./connection-limiter.ts";
import type { RequestLimit, RequestOutcome } from "./request-limiter.ts";

/** A list of limits, under the number that the worker names it by from now on. */
export type LimiterDefinition =
  | { readonly limiter: number; readonly requests: readonly RequestLimit[] }
  | { readonly limiter: number; readonly connections: readonly ConnectionLimit[] };

/** A limiter's number, and a key for each of its limits. */
export type KeysOfLimiter = readonly [limiter: number, keys: readonly string[]];

export interface ZoneQuestions {
  /** Counts up; the answers carry it. */
  readonly batch: number;
  readonly defined: readonly LimiterDefinition[];
  readonly asked: readonly KeysOfLimiter[];
  /** Connections given back: no answer is needed. */
  readonly released: readonly KeysOfLimiter[];
}

export type ZoneOutcome = RequestOutcome | Omit<ConnectionOutcome, "hold">;

export interface ZoneAnswers {
  readonly batch: number;
  /** One a question, in their order. */
  readonly outcomes: readonly ZoneOutcome[];
}

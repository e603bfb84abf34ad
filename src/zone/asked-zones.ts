/** Zones that are kept in another process: promises settle when it answers, and where it does not, zones of this process decide. */

import { type ConnectionLimit, type ConnectionLimiter, type ConnectionOutcome, type Hold, UNCOUNTED } from "./connection-limiter.ts";
import type { LocalZones } from "./local-zones.ts";
import { QuestionBatches } from "./question-batches.ts";
import { type RequestLimit, type RequestLimiter, type RequestOutcome, UNLIMITED } from "./request-limiter.ts";
import type { KeysOfLimiter, LimiterDefinition, ZoneAnswers, ZoneOutcome, ZoneQuestions } from "./zone-questions.ts";
import type { Zones } from "./zones.ts";

export interface AskedZonesOptions {
  readonly ask: (questions: ZoneQuestions) => void;
  /** Decides where no answer comes. */
  readonly fallback: LocalZones;
  /** Called once for each time that answers stay away. */
  readonly onSilence: () => void;
  readonly timeoutMs?: number;
}

export class AskedZones implements Zones {
  private readonly fallback: LocalZones;
  private readonly batches: QuestionBatches<KeysOfLimiter, ZoneOutcome>;
  private limiters = 0;
  private defined: LimiterDefinition[] = [];
  private released: KeysOfLimiter[] = [];
  private isGone = false;

  constructor({ ask, fallback, ...options }: AskedZonesOptions) {
    this.fallback = fallback;
    this.batches = new QuestionBatches({
      ...options,
      send: (batch, asked) => {
        const { defined, released } = this;
        this.defined = [];
        this.released = [];
        ask({ batch, defined, asked, released });
      },
    });
  }

  requestLimiter(limits: readonly RequestLimit[]): RequestLimiter {
    const limiter = this.define({ requests: limits });
    const fallback = this.fallback.requestLimiter(limits);
    return {
      take: (keys) => {
        if (keys.every(isEmpty)) return UNLIMITED;
        return this.ask<RequestOutcome>([limiter, keys], () => fallback.take(keys), ignoreLate);
      },
    };
  }

  connectionLimiter(limits: readonly ConnectionLimit[]): ConnectionLimiter {
    const limiter = this.define({ connections: limits });
    const fallback = this.fallback.connectionLimiter(limits);
    return {
      take: (keys) => {
        if (keys.every(isEmpty)) return UNCOUNTED;
        const asked: KeysOfLimiter = [limiter, keys];
        const hold: Hold = { release: () => this.release(asked) };
        return this.ask<ConnectionOutcome>(
          asked,
          () => fallback.take(keys),
          (outcome) => {
            if (outcome.verdict === "passed") hold.release();
          },
          hold,
        );
      },
    };
  }

  hear({ batch, outcomes }: ZoneAnswers): void {
    this.batches.hear(batch, outcomes);
  }

  /** The keeper has ended: zones of this process decide from now on. */
  gone(): void {
    this.isGone = true;
    this.batches.gone();
  }

  private define(what: { readonly requests: readonly RequestLimit[] } | { readonly connections: readonly ConnectionLimit[] }): number {
    const limiter = ++this.limiters;
    this.defined.push({ limiter, ...what });
    return limiter;
  }

  private ask<T>(keys: KeysOfLimiter, decideHere: () => T, settleLate: (outcome: ZoneOutcome) => void, hold?: Hold): T | Promise<T> {
    if (!this.batches.isHeard) return decideHere();
    return new Promise<T>((resolve) => {
      // The cast holds because a limiter's answers are of the kind that it was defined with.
      const settle = (outcome: ZoneOutcome | undefined): void =>
        resolve(outcome === undefined ? decideHere() : ((hold === undefined ? outcome : withHold(outcome, hold)) as T));
      this.batches.ask(keys, settle, settleLate);
    });
  }

  private release(keys: KeysOfLimiter): void {
    if (this.isGone) return;
    this.released.push(keys);
    this.batches.sendSoon();
  }
}

function withHold(outcome: ZoneOutcome, hold: Hold): ZoneOutcome & { readonly hold: Hold | undefined } {
  return { ...outcome, hold: outcome.verdict === "passed" ? hold : undefined };
}

function isEmpty(key: string): boolean {
  return key === "";
}

/** A request's answer that comes too late has counted it, as it should. */
function ignoreLate(): void {}

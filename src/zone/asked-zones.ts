/**
 * Zones that are kept in another process: questions of one turn of the event loop go out in one message, and answers settle promises.
 * A keeper that is slow or gone hangs nobody: after a while zones of this process decide.
 */

import { type ConnectionLimit, type ConnectionLimiter, type ConnectionOutcome, type Hold, UNCOUNTED } from "./connection-limiter.ts";
import type { LocalZones } from "./local-zones.ts";
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

/** Answers take less than a millisecond; a keeper that needs half a second is in trouble, and clients wait. */
const ANSWER_TIMEOUT_MS = 500;

/** A question under way. Undefined tells that no answer will come in time. */
interface Pending {
  readonly keys: KeysOfLimiter;
  readonly settle: (outcome: ZoneOutcome | undefined) => void;
  /** It came after all: what it took is given back. */
  readonly settleLate: (outcome: ZoneOutcome) => void;
}

interface Batch {
  readonly sentAtMs: number;
  readonly pending: readonly Pending[];
  isLate: boolean;
}

export class AskedZones implements Zones {
  private readonly options: AskedZonesOptions;
  private readonly timeoutMs: number;
  private limiters = 0;
  private batch = 0;
  private defined: LimiterDefinition[] = [];
  private pending: Pending[] = [];
  private released: KeysOfLimiter[] = [];
  private isFlushDue = false;
  private isSilent = false;
  private isGone = false;
  /** In the order they were sent. */
  private readonly sent = new Map<number, Batch>();
  private timer: NodeJS.Timeout | undefined = undefined;

  constructor(options: AskedZonesOptions) {
    this.options = options;
    this.timeoutMs = options.timeoutMs ?? ANSWER_TIMEOUT_MS;
  }

  requestLimiter(limits: readonly RequestLimit[]): RequestLimiter {
    const limiter = this.define({ requests: limits });
    const fallback = this.options.fallback.requestLimiter(limits);
    return {
      take: (keys) => {
        if (keys.every(isEmpty)) return UNLIMITED;
        return this.ask<RequestOutcome>([limiter, keys], () => fallback.take(keys), ignoreLate);
      },
    };
  }

  connectionLimiter(limits: readonly ConnectionLimit[]): ConnectionLimiter {
    const limiter = this.define({ connections: limits });
    const fallback = this.options.fallback.connectionLimiter(limits);
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
    const found = this.sent.get(batch);
    if (found === undefined) return;
    this.sent.delete(batch);
    this.isSilent = false;
    for (const [index, pending] of found.pending.entries()) {
      const outcome = outcomes[index];
      if (found.isLate && outcome !== undefined) pending.settleLate(outcome);
      else pending.settle(outcome);
    }
  }

  /** The keeper has ended: zones of this process decide from now on. */
  gone(): void {
    this.isGone = true;
    clearTimeout(this.timer);
    for (const batch of this.sent.values()) giveUp(batch);
    this.sent.clear();
    for (const { settle } of this.pending.splice(0)) settle(undefined);
  }

  private define(what: { readonly requests: readonly RequestLimit[] } | { readonly connections: readonly ConnectionLimit[] }): number {
    const limiter = ++this.limiters;
    this.defined.push({ limiter, ...what });
    return limiter;
  }

  private ask<T>(keys: KeysOfLimiter, decideHere: () => T, settleLate: Pending["settleLate"], hold?: Hold): T | Promise<T> {
    if (this.isGone) return decideHere();
    return new Promise<T>((resolve) => {
      // The cast holds because a limiter's answers are of the kind that it was defined with.
      const settle = (outcome: ZoneOutcome | undefined): void =>
        resolve(outcome === undefined ? decideHere() : ((hold === undefined ? outcome : withHold(outcome, hold)) as T));
      this.pending.push({ keys, settle, settleLate });
      this.flushSoon();
    });
  }

  private release(keys: KeysOfLimiter): void {
    if (this.isGone) return;
    this.released.push(keys);
    this.flushSoon();
  }

  /** Behind everything that this turn of the event loop has read. */
  private flushSoon(): void {
    if (this.isFlushDue) return;
    this.isFlushDue = true;
    setImmediate(() => this.flush());
  }

  private flush(): void {
    this.isFlushDue = false;
    if (this.isGone) return;
    const { defined, pending, released } = this;
    this.defined = [];
    this.pending = [];
    this.released = [];
    const batch = ++this.batch;
    if (pending.length > 0) {
      this.sent.set(batch, { sentAtMs: performance.now(), pending, isLate: false });
      this.timer ??= setTimeout(() => this.expire(), this.timeoutMs);
    }
    this.options.ask({ batch, defined, asked: pending.map(({ keys }) => keys), released });
  }

  /** Looks at what has waited too long, and comes again for what has not yet. */
  private expire(): void {
    this.timer = undefined;
    const nowMs = performance.now();
    for (const batch of this.sent.values()) {
      if (batch.isLate) continue;
      const remainingMs = batch.sentAtMs + this.timeoutMs - nowMs;
      if (remainingMs > 0) {
        this.timer = setTimeout(() => this.expire(), Math.ceil(remainingMs));
        return;
      }
      if (!this.isSilent) this.options.onSilence();
      this.isSilent = true;
      giveUp(batch);
    }
  }
}

function giveUp(batch: Batch): void {
  if (batch.isLate) return;
  batch.isLate = true;
  for (const { settle } of batch.pending) settle(undefined);
}

function withHold(outcome: ZoneOutcome, hold: Hold): ZoneOutcome & { readonly hold: Hold | undefined } {
  return { ...outcome, hold: outcome.verdict === "passed" ? hold : undefined };
}

function isEmpty(key: string): boolean {
  return key === "";
}

/** A request's answer that comes too late has counted it, as it should. */
function ignoreLate(): void {}

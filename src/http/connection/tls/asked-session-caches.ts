/**
 * Session caches that are kept in another process: what one turn of the event loop asks goes out in one message, and answers settle callbacks.
 * A keeper that is slow or gone hangs nobody: handshakes go on as full ones.
 */

import type { SessionCache, SessionCaches } from "./session-cache.ts";
import type { PutSession, SessionAnswers, SessionQuestions, WantedSession } from "./session-questions.ts";

export interface AskedSessionCachesOptions {
  readonly ask: (questions: SessionQuestions) => void;
  /** Called once for each time that answers stay away. */
  readonly onSilence: () => void;
  readonly timeoutMs?: number;
}

/** Answers take less than a millisecond; a full handshake takes a client a round trip more, which is seldom longer than this. */
const ANSWER_TIMEOUT_MS = 100;

/** What is under way in one message. */
interface Batch {
  readonly put: PutSession[];
  readonly onKept: (() => void)[];
  readonly wanted: WantedSession[];
  readonly onFound: ((session: string | undefined) => void)[];
  timer: NodeJS.Timeout | undefined;
}

export class AskedSessionCaches implements SessionCaches {
  private readonly options: AskedSessionCachesOptions;
  private readonly timeoutMs: number;
  private batch = 0;
  /** What this turn has asked so far; undefined: nothing. */
  private gathered: Batch | undefined = undefined;
  private readonly sent = new Map<number, Batch>();
  /** Nothing is asked until an answer comes after all. */
  private isSilent = false;
  private isGone = false;

  constructor(options: AskedSessionCachesOptions) {
    this.options = options;
    this.timeoutMs = options.timeoutMs ?? ANSWER_TIMEOUT_MS;
  }

  open(cache: string): SessionCache {
    return {
      put: (id, session, lifetimeMs, onKept) => {
        const batch = this.gather();
        batch?.put.push([cache, id, session, lifetimeMs]);
        if (batch === undefined) onKept();
        else batch.onKept.push(onKept);
      },
      find: (id, onFound) => {
        const batch = this.gather();
        batch?.wanted.push([cache, id]);
        if (batch === undefined) onFound(undefined);
        else batch.onFound.push(onFound);
      },
    };
  }

  hear({ batch, found }: SessionAnswers): void {
    const asked = this.sent.get(batch);
    if (asked === undefined) return;
    this.sent.delete(batch);
    this.isSilent = false;
    settle(asked, found);
  }

  /** The keeper has ended: from now on there are no sessions. */
  gone(): void {
    this.isGone = true;
    for (const asked of this.sent.values()) settle(asked, []);
    this.sent.clear();
    if (this.gathered !== undefined) settle(this.gathered, []);
    this.gathered = undefined;
  }

  /** Undefined where nobody answers. */
  private gather(): Batch | undefined {
    if (this.isGone || this.isSilent) return undefined;
    if (this.gathered === undefined) {
      this.gathered = { put: [], onKept: [], wanted: [], onFound: [], timer: undefined };
      // Behind everything that this turn of the event loop has read.
      setImmediate(() => this.flush());
    }
    return this.gathered;
  }

  private flush(): void {
    const { gathered } = this;
    if (gathered === undefined) return;
    this.gathered = undefined;
    const batch = ++this.batch;
    this.sent.set(batch, gathered);
    // A process that was busy itself may have the answer, not yet read: timers come before what is read, immediates behind it.
    gathered.timer = setTimeout(() => setImmediate(() => this.expire(batch)), this.timeoutMs);
    this.options.ask({ batch, put: gathered.put, wanted: gathered.wanted });
  }

  /** The batch stays: its answer will tell that there are answers again. */
  private expire(batch: number): void {
    const late = this.sent.get(batch);
    if (late === undefined) return;
    if (!this.isSilent) this.options.onSilence();
    this.isSilent = true;
    settle(late, []);
  }
}

/** Calls back once, whatever comes later. */
function settle(asked: Batch, found: readonly (string | null)[]): void {
  clearTimeout(asked.timer);
  for (const onKept of asked.onKept.splice(0)) onKept();
  for (const [index, onFound] of asked.onFound.splice(0).entries()) onFound(found[index] ?? undefined);
}

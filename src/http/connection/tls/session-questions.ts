/** What workers ask the master about TLS sessions: plain data that goes between processes, all that one turn of the event loop brings in one message. */

import type { LocalSessionCaches } from "./session-cache.ts";

/** A sessionCacheId(), then what is put there; ids and sessions are base64. */
export type PutSession = readonly [cache: string, id: string, session: string, lifetimeMs: number];
export type WantedSession = readonly [cache: string, id: string];

export interface SessionQuestions {
  /** Counts up; the answers carry it. */
  readonly batch: number;
  readonly put: readonly PutSession[];
  readonly wanted: readonly WantedSession[];
}

/** Also tells that all has been put. */
export interface SessionAnswers {
  readonly batch: number;
  /** One for each that was wanted, in their order; null: there is none. */
  readonly found: readonly (string | null)[];
}

/** A cache that is not known is one of a former configuration, whose last workers go without. */
export function answerSessionQuestions({ batch, put, wanted }: SessionQuestions, caches: LocalSessionCaches): SessionAnswers {
  caches.merge(put);
  const found = wanted.map(([cache, id]) => {
    let session: string | null = null;
    caches.opened(cache)?.find(id, (kept) => {
      session = kept ?? null;
    });
    return session;
  });
  return { batch, found };
}

/** Which requests succeeded, which were cut on purpose, and which were lost: failed though nothing was done to them. */

export const KINDS = ["static", "static-closing", "proxy", "uwsgi", "upload", "websocket", "uwsgi-websocket"] as const;
export type Kind = (typeof KINDS)[number];

/** Something that ends requests in flight. */
export interface Cut {
  /** `performance.now()` when it was done, and when it was over; Infinity until then. */
  readonly fromMs: number;
  toMs: number;
  readonly victim: { readonly worker: number } | { readonly upstream: Kind };
}

/** What is known of a request that failed. */
export interface Failure {
  readonly reason: string;
  readonly openedAtMs: number;
  readonly failedAtMs: number;
  /** The worker that has the connection, where an answer told; 0: unknown. */
  readonly worker: number;
  /** Part of an answer had come, so that nobody may repeat the request. */
  readonly hasAnswerBytes: boolean;
  /** It is idempotent, was not the first on its connection, and got no byte of an answer. */
  readonly mayBeRepeated: boolean;
}

/** nginx's rule for proxy_next_upstream: these may not be sent twice. */
const NOT_IDEMPOTENT: ReadonlySet<Kind> = new Set(["upload", "websocket", "uwsgi-websocket"]);
const REASONS_MAX = 20;
/** Victims are told at once; a busy machine tells a little later. */
const TOLD_AFTER_MS = 2000;

export class Ledger {
  readonly succeeded: Record<Kind, number> = emptyCounts();
  readonly cutOnPurpose: Record<Kind, number> = emptyCounts();
  readonly lost: Record<Kind, number> = emptyCounts();
  /** Sent once more on a fresh connection, since a reload closed the kept one before a byte of an answer (RFC 9112 section 9.3.1). */
  retried = 0;
  reloads = 0;
  aborted = 0;
  /** The first few, told in full. */
  readonly lossReasons: string[] = [];
  private readonly cuts: Cut[] = [];
  private reloadedAtMs = Number.NEGATIVE_INFINITY;

  addCut(victim: Cut["victim"]): Cut {
    const now = performance.now();
    const cut = { fromMs: now, toMs: Number.POSITIVE_INFINITY, victim };
    this.cuts.push(cut);
    return cut;
  }

  addReload(): void {
    this.reloads++;
    this.reloadedAtMs = performance.now();
  }

  succeed(kind: Kind): void {
    this.succeeded[kind]++;
  }

  fail(kind: Kind, failure: Failure): void {
    if (this.cuts.some((cut) => explains(cut, kind, failure))) {
      this.cutOnPurpose[kind]++;
      return;
    }
    if (failure.mayBeRepeated && failure.failedAtMs < this.reloadedAtMs + TOLD_AFTER_MS) {
      this.retried++;
      return;
    }
    this.lost[kind]++;
    const { reason, worker, openedAtMs, failedAtMs } = failure;
    const ages = this.cuts.map(({ fromMs, victim }) => `${JSON.stringify(victim)} ${Math.round(failedAtMs - fromMs)} ms before`).slice(-3);
    const text = `${kind}: ${reason} (worker ${worker}, open for ${Math.round(failedAtMs - openedAtMs)} ms; last cuts: ${ages.join(", ")})`;
    if (this.lossReasons.length < REASONS_MAX) this.lossReasons.push(text);
  }

  get lostInAll(): number {
    return KINDS.reduce((sum, kind) => sum + this.lost[kind], 0);
  }
}

function explains({ fromMs, toMs, victim }: Cut, kind: Kind, { worker, openedAtMs, failedAtMs, hasAnswerBytes }: Failure): boolean {
  if (failedAtMs < fromMs || failedAtMs > toMs + TOLD_AFTER_MS || openedAtMs > toMs) return false;
  if ("worker" in victim) return openedAtMs <= fromMs && (worker === victim.worker || worker === 0);
  return victim.upstream === kind && (NOT_IDEMPOTENT.has(kind) || hasAnswerBytes);
}

function emptyCounts(): Record<Kind, number> {
  return { static: 0, "static-closing": 0, proxy: 0, uwsgi: 0, upload: 0, websocket: 0, "uwsgi-websocket": 0 };
}

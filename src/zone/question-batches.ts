/**
 * Questions to another process: those of one turn of the event loop go out in one message, and answers come back in their order. A process
 * that is slow or gone hangs nobody: after a while its questions are answered with undefined, and there are no more until it is heard again.
 */

export interface QuestionBatchesOptions<Question> {
  /** `batch` counts up; the answers carry it. There may be no question where something else is to be told. */
  readonly send: (batch: number, questions: readonly Question[]) => void;
  /** Called once for each time that answers stay away. */
  readonly onSilence: () => void;
  readonly timeoutMs?: number;
}

/** What is not urgent goes with a message that is sent anyway, or after this time. */
const LATER_MS = 10;
/** Answers take less than a millisecond; a process that needs half a second is in trouble, and clients wait. */
const ANSWER_TIMEOUT_MS = 500;

interface Pending<Question, Answer> {
  readonly question: Question;
  /** Undefined: no answer comes in time. */
  readonly settle: (answer: Answer | undefined) => void;
  /** It came after all. */
  readonly settleLate: (answer: Answer) => void;
}

interface Batch<Question, Answer> {
  readonly sentAtMs: number;
  readonly pending: readonly Pending<Question, Answer>[];
  isLate: boolean;
}

export class QuestionBatches<Question, Answer> {
  private readonly options: QuestionBatchesOptions<Question>;
  private readonly timeoutMs: number;
  private batch = 0;
  private pending: Pending<Question, Answer>[] = [];
  private isFlushDue = false;
  private isSilent = false;
  private isGone = false;
  /** In the order they were sent. */
  private readonly sent = new Map<number, Batch<Question, Answer>>();
  private timer: NodeJS.Timeout | undefined = undefined;
  private laterTimer: NodeJS.Timeout | undefined = undefined;

  constructor(options: QuestionBatchesOptions<Question>) {
    this.options = options;
    this.timeoutMs = options.timeoutMs ?? ANSWER_TIMEOUT_MS;
  }

  /** False: decide without asking. */
  get isHeard(): boolean {
    return !this.isSilent && !this.isGone;
  }

  ask(question: Question, settle: (answer: Answer | undefined) => void, settleLate: (answer: Answer) => void): void {
    this.pending.push({ question, settle, settleLate });
    this.sendSoon();
  }

  /** Behind everything that this turn of the event loop has read. */
  sendSoon(): void {
    if (this.isFlushDue) return;
    this.isFlushDue = true;
    setImmediate(() => this.flush());
  }

  /** For what changes no answer for a while. */
  sendLater(): void {
    if (!this.isFlushDue) this.laterTimer ??= setTimeout(() => this.sendSoon(), LATER_MS);
  }

  hear(batch: number, answers: readonly Answer[]): void {
    const found = this.sent.get(batch);
    if (found === undefined) return;
    this.sent.delete(batch);
    this.isSilent = false;
    for (const [index, { settle, settleLate }] of found.pending.entries()) {
      const answer = answers[index];
      if (!found.isLate) settle(answer);
      else if (answer !== undefined) settleLate(answer);
    }
  }

  /** The other process has ended. */
  gone(): void {
    this.isGone = true;
    clearTimeout(this.timer);
    clearTimeout(this.laterTimer);
    this.giveUp();
    this.sent.clear();
    for (const { settle } of this.pending.splice(0)) settle(undefined);
  }

  private flush(): void {
    this.isFlushDue = false;
    clearTimeout(this.laterTimer);
    this.laterTimer = undefined;
    if (this.isGone) return;
    const { pending } = this;
    this.pending = [];
    const batch = ++this.batch;
    if (pending.length > 0) {
      this.sent.set(batch, { sentAtMs: performance.now(), pending, isLate: false });
      this.timer ??= setTimeout(this.timedOut, this.timeoutMs);
    }
    this.options.send(
      batch,
      pending.map(({ question }) => question),
    );
  }

  /** Where this process itself stood still, the answers are there and have not been read yet. */
  private readonly timedOut = (): void => void setImmediate(() => this.expire());

  /** Looks at what has waited too long, and comes again for what has not yet. */
  private expire(): void {
    this.timer = undefined;
    const waiting = [...this.sent.values()].find(({ isLate }) => !isLate);
    if (waiting === undefined) return;
    const remainingMs = waiting.sentAtMs + this.timeoutMs - performance.now();
    if (remainingMs > 0) {
      this.timer = setTimeout(this.timedOut, Math.ceil(remainingMs));
      return;
    }
    if (!this.isSilent) this.options.onSilence();
    this.isSilent = true;
    // Answers come in order: what was sent later is not answered sooner.
    this.giveUp();
  }

  private giveUp(): void {
    for (const batch of this.sent.values()) {
      if (batch.isLate) continue;
      batch.isLate = true;
      for (const { settle } of batch.pending) settle(undefined);
    }
  }
}

/** Upstream zones that are kept in another process, for workers that share them: what all groups of this process ask goes out together. */

import type { Services } from "../../http/module.ts";
import { QuestionBatches } from "../../zone/question-batches.ts";
import type { GroupDefinition, PeerAnswer, PeerAnswers, PeerQuestion, PeerQuestions, PeerRelease } from "./peer-questions.ts";

export interface AskedPeersOptions {
  readonly ask: (questions: PeerQuestions) => void;
  /** Called once for each time that answers stay away. */
  readonly onSilence: () => void;
  readonly timeoutMs?: number;
}

/** Under which key `Services.shared` has it: a worker that is to ask puts its own there before a configuration is loaded. */
export const ASKED_PEERS_KEY = "asked peers";

/** Undefined in a process that keeps its own account. */
export function askedPeersOf(services: Pick<Services, "shared">): AskedPeers | undefined {
  return services.shared<AskedPeers | undefined>(ASKED_PEERS_KEY, () => undefined);
}

export class AskedPeers {
  private readonly batches: QuestionBatches<PeerQuestion, PeerAnswer>;
  private groups = 0;
  private defined: GroupDefinition[] = [];
  private released: PeerRelease[] = [];
  private isGone = false;

  constructor({ ask, ...options }: AskedPeersOptions) {
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

  /** False: decide without asking. */
  get isHeard(): boolean {
    return this.batches.isHeard;
  }

  /** The number to ask by; the definition goes out with the first question. */
  define(definition: Omit<GroupDefinition, "group">): number {
    const group = ++this.groups;
    this.defined.push({ group, ...definition });
    return group;
  }

  /** Undefined: no answer comes in time; `settleLate` hears of it if it comes after all. */
  ask(question: PeerQuestion, settle: (answer: PeerAnswer | undefined) => void, settleLate: (answer: PeerAnswer) => void): void {
    this.batches.ask(question, settle, settleLate);
  }

  /** `isUrgent`: others may wait for the connection, or be sent elsewhere for it. */
  release(release: PeerRelease, isUrgent: boolean): void {
    if (this.isGone) return;
    this.released.push(release);
    if (isUrgent) this.batches.sendSoon();
    else this.batches.sendLater();
  }

  hear({ batch, answers }: PeerAnswers): void {
    this.batches.hear(batch, answers);
  }

  /** The keeper has ended: every process decides by itself from now on. */
  gone(): void {
    this.isGone = true;
    this.batches.gone();
  }
}

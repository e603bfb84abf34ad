/** Figures of clients' connections as a worker knows them: its own at once, all workers' by asking its master. */

import type { ServedConnections } from "../http/served-connections.ts";
import { type ConnectionFigures, noConnections } from "../net/connection-figures.ts";

/** A master that is busy is not waited for: a worker's own figures are better than none. */
const ANSWER_TIMEOUT_MS = 1000;
/** What the others do is asked for again, where somebody wants to know without waiting. */
const FRESH_MS = 1000;

export class WorkerFigures implements ServedConnections {
  private readonly own: () => ConnectionFigures;
  private readonly ask: () => void;
  private waiting: ((all: ConnectionFigures) => void)[] = [];
  /** All but this worker's, as last heard. */
  private others: ConnectionFigures = noConnections();
  private askedAtMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined = undefined;

  /** `ask`: sends the question whose answer `hear` gets. */
  constructor(own: () => ConnectionFigures, ask: () => void) {
    this.own = own;
    this.ask = ask;
  }

  known(): ConnectionFigures {
    if (performance.now() - this.askedAtMs > FRESH_MS) this.askMaster();
    return add(this.own(), this.others, 1);
  }

  all(): Promise<ConnectionFigures> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      // One question under way answers all who wait.
      if (this.waiting.length > 1) return;
      this.timer = setTimeout(() => this.settle(this.own()), ANSWER_TIMEOUT_MS);
      this.askMaster();
    });
  }

  hear(all: ConnectionFigures): void {
    this.others = add(all, this.own(), -1);
    this.settle(all);
  }

  private askMaster(): void {
    this.askedAtMs = performance.now();
    this.ask();
  }

  private settle(all: ConnectionFigures): void {
    clearTimeout(this.timer);
    for (const resolve of this.waiting.splice(0)) resolve(all);
  }
}

/** What another moment makes negative is none. */
function add(one: ConnectionFigures, other: ConnectionFigures, sign: 1 | -1): ConnectionFigures {
  const sum = noConnections();
  for (const name of Object.keys(sum) as (keyof ConnectionFigures)[]) sum[name] = Math.max(0, one[name] + sign * other[name]);
  return sum;
}

/** How many connections, of clients and to upstreams, a worker may have open at once (nginx: worker_connections). */

export class ConnectionBudget {
  /** Changes with the configuration. */
  max: number;
  open = 0;

  constructor(max: number) {
    this.max = max;
  }

  get isSpent(): boolean {
    return this.open >= this.max;
  }
}

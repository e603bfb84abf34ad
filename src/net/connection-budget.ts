/** How many connections, of clients and to upstreams, a worker may have open at once (nginx: worker_connections). */

/** Something that has connections which nobody uses at the moment. */
export interface IdleConnections {
  /** Closes one; false when there is none. */
  closeIdle(): boolean;
}

export class ConnectionBudget {
  /** Changes with the configuration. */
  max: number;
  /** As the configuration says it: with what is set aside for listening sockets. */
  workerConnections: number;
  open = 0;
  /** Asked in this order when all are open. */
  readonly idle = new Set<IdleConnections>();

  private readonly ceiling: number;

  /** `ceiling`: what the system allows, whatever the configuration says. */
  constructor(ceiling: number) {
    this.ceiling = ceiling;
    this.max = ceiling;
    this.workerConnections = ceiling;
  }

  get isSpent(): boolean {
    return this.open >= this.max;
  }

  /** `listeners`: listening sockets, each of which takes a connection, as in nginx. */
  limit(workerConnections: number, listeners: number): void {
    this.workerConnections = workerConnections;
    this.max = Math.min(workerConnections - listeners, this.ceiling);
  }

  /** Closes an idle connection in favour of one that is needed (nginx: ngx_drain_connections); false when none is idle. */
  makeRoom(): boolean {
    for (const connections of this.idle) if (connections.closeIdle()) return true;
    return false;
  }
}

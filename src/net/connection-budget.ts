/** How many connections, of clients and to upstreams, a worker may have open at once (nginx: worker_connections), and how many of clients there were. */

import { type ConnectionCount, type ConnectionFigures, noConnections } from "./connection-figures.ts";

/** Something that has connections which nobody uses at the moment. */
export interface IdleConnections {
  /** Closes one; false when there is none. */
  closeIdle(): boolean;
}

/** Connections that can tell what they are doing. */
export interface CountedConnections {
  countIn(count: ConnectionCount): void;
}

export class ConnectionBudget {
  /** Changes with the configuration. */
  max: number;
  /** As the configuration says it: with what is set aside for listening sockets. */
  workerConnections: number;
  open = 0;
  /** Asked in this order when all are open. */
  readonly idle = new Set<IdleConnections>();
  /** Of clients, since the start; `handled` are those that there was room for. */
  accepted = 0;
  handled = 0;
  /** Of connections that have ended. */
  finishedRequests = 0;
  /** Clients' connections, of one listening socket each. */
  readonly clients = new Set<CountedConnections>();

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
  /** Goes through all clients' connections: nothing is counted while nobody asks. */
  figures(): ConnectionFigures {
    const count = noConnections();
    count.accepted = this.accepted;
    count.handled = this.handled;
    count.requests = this.finishedRequests;
    for (const connections of this.clients) connections.countIn(count);
    return count;
  }
}

/** The clients' connections of one listening socket, counted in the worker's budget with all others. */

import type { ConnectionBudget, CountedConnections } from "../../net/connection-budget.ts";
import type { ConnectionCount } from "../../net/connection-figures.ts";
import type { OpenConnection } from "./open-connection.ts";

/** Connections looked at for an idle one when the budget is spent: a flood of clients must not make each of them dear. */
const LOOKED_AT_MAX = 64;

export class OpenConnections implements CountedConnections {
  private readonly connections = new Set<OpenConnection>();
  private readonly budget: ConnectionBudget;
  private isReleased = false;
  private search: SetIterator<OpenConnection> | undefined = undefined;

  constructor(budget: ConnectionBudget) {
    this.budget = budget;
    budget.clients.add(this);
  }

  /** No other will come: once the last one has ended there is nothing to count here. */
  release(): void {
    this.isReleased = true;
    if (this.connections.size === 0) this.budget.clients.delete(this);
  }

  countIn(count: ConnectionCount): void {
    count.active += this.connections.size;
    for (const connection of this.connections) {
      count.requests += connection.info.requests;
      connection.countIn(count);
    }
  }

  get size(): number {
    return this.connections.size;
  }

  add(connection: OpenConnection): void {
    this.connections.add(connection);
    this.budget.open++;
  }

  delete(connection: OpenConnection): void {
    if (!this.connections.delete(connection)) return;
    this.budget.open--;
    this.budget.finishedRequests += connection.info.requests;
    if (this.isReleased) this.release();
  }

  drain(): void {
    for (const connection of this.connections) connection.drain();
  }

  destroy(): void {
    for (const connection of this.connections) connection.destroy();
  }

  /** Closes one that waits for its client's next request (nginx: ngx_drain_connections). False when none was found; the next search goes on from there. */
  closeIdle(): boolean {
    for (let looked = 0; looked < LOOKED_AT_MAX; looked++) {
      this.search ??= this.connections.values();
      const { value, done } = this.search.next();
      if (done === true) {
        this.search = undefined;
        if (this.connections.size <= looked) return false;
      } else if (value.closeIfIdle()) {
        return true;
      }
    }
    return false;
  }
}

/** Figures of clients' connections over all workers: those that serve, those that retire, and what is left of those that have ended. */

import { type ConnectionFigures, noConnections, pastFigures, sumFigures } from "../net/connection-figures.ts";
import type { WorkerHandle } from "./worker-handle.ts";

export class MasterFigures {
  private readonly workers = new Set<WorkerHandle>();
  private past: ConnectionFigures = noConnections();

  started(worker: WorkerHandle): void {
    this.workers.add(worker);
  }

  /** nginx: counts go on over reloads. */
  ended(worker: WorkerHandle): void {
    if (this.workers.delete(worker)) this.past = sumFigures([this.past, pastFigures(worker.figures)]);
  }

  /** Answers a worker, once all have told. */
  async tell(asker: WorkerHandle): Promise<void> {
    // Of a worker that ends meanwhile, only its answer counts.
    const { past } = this;
    const figures = await Promise.all([...this.workers].filter((worker) => worker.isReady).map((worker) => worker.askFigures()));
    asker.tell({ kind: "all figures", figures: sumFigures([past, ...figures]) });
  }
}

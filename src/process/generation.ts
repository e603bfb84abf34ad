/** The workers of one configuration: as many as it asks for, each replaced when it ends, until the generation is to end (nginx: ngx_start_worker_processes). */

import type { Socket } from "node:net";
import { constants } from "node:os";
import type { ErrorLog } from "../log/error-log.ts";
import type { BoundSocket } from "./bound-socket.ts";
import type { CarriedHealth } from "./carried-health.ts";
import type { MasterFigures } from "./master-figures.ts";
import type { MasterZones } from "./master-zones.ts";
import { RespawnDelay } from "./respawn-delay.ts";
import type { SystemUser } from "./system-user.ts";
import { type GivenConnection, type WorkerExit, WorkerHandle } from "./worker-handle.ts";
import type { MasterMessage, WorkerConfig } from "./worker-messages.ts";
import type { WorkerPrograms } from "./worker-programs.ts";

export interface GenerationOptions {
  readonly workersNumber: number;
  readonly config: WorkerConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly programs: WorkerPrograms;
  readonly sockets: readonly BoundSocket[];
  readonly user: SystemUser | undefined;
  /** Of TLS session tickets, if there are any. */
  readonly ticketKey: string | undefined;
  readonly zones: MasterZones;
  readonly connections: MasterFigures;
  readonly log: ErrorLog;
  /** Who takes what workers that retire give away. */
  readonly heir: () => Generation | undefined;
  /** A worker has ended and is not replaced. */
  readonly onEnded: () => void;
}

/** nginx waits a second before it kills what does not stop. */
const KILL_AFTER_MS = 1000;

export class Generation {
  private readonly options: GenerationOptions;
  private readonly workers = new Set<WorkerHandle>();
  private readonly delay = new RespawnDelay();
  private readonly waiting = new Set<NodeJS.Timeout>();
  private state: "starting" | "serving" | "ending" = "starting";
  private isTerminated = false;
  private adopted = 0;

  constructor(options: GenerationOptions) {
    this.options = options;
  }

  /** Living workers. */
  get size(): number {
    return this.workers.size;
  }

  /** Workers of one generation count together, where they are several. */
  get sharesZones(): boolean {
    return this.options.workersNumber > 1;
  }

  /** Resolves once all workers accept, with "", or with the reason of the first that cannot; the others are stopped then. */
  async start(health: Promise<CarriedHealth>): Promise<string> {
    const { workersNumber, log } = this.options;
    log.write("notice", undefined, "start worker processes");
    const started = Array.from({ length: workersNumber }, () => this.startWorker(health).started);
    const failures = await Promise.all(started);
    const failure = failures.find((each) => each !== "") ?? "";
    if (failure !== "") this.terminate();
    else if (this.state === "starting") this.state = "serving";
    return failure;
  }

  /** What the workers know of upstream peers, and the master for them. */
  async askHealth(): Promise<CarriedHealth> {
    const asked = [...this.workers].filter((worker) => worker.isReady);
    const told = await Promise.all(asked.map((worker) => worker.askHealth()));
    return [...told.flat(), ...this.options.zones.peersHealth()];
  }

  /** A connection that workers before these have kept: one worker goes on with it. */
  adopt(message: GivenConnection, socket: Socket): void {
    const serving = [...this.workers].filter((each) => each.isReady);
    const worker = serving[this.adopted++ % serving.length];
    // It failed while nobody listened: the worker would find that out, too.
    socket.on("error", () => socket.destroy());
    if (worker === undefined) socket.destroy();
    else worker.give(message, socket);
  }

  tell(message: MasterMessage): void {
    for (const worker of this.workers) worker.tell(message);
  }

  /** Workers end when their last connection has; none is replaced any more. */
  end(message: Extract<MasterMessage, { kind: "quit" | "retire" }>): void {
    this.stopReplacing();
    this.tell(message);
  }

  /** Workers end now, at the latest when they are killed. */
  terminate(): void {
    this.stopReplacing();
    this.isTerminated = true;
    for (const worker of this.workers) worker.signal("SIGTERM");
    const timer = setTimeout(() => {
      for (const worker of this.workers) worker.signal("SIGKILL");
    }, KILL_AFTER_MS);
    timer.unref();
  }

  private stopReplacing(): void {
    this.state = "ending";
    for (const timer of this.waiting) clearTimeout(timer);
    this.waiting.clear();
  }

  /** The worker's program starts while its predecessors are asked. */
  private startWorker(health: Promise<CarriedHealth>): WorkerHandle {
    const { config, env, programs, sockets, user, ticketKey, zones, connections, log } = this.options;
    const identity = { ...(user === undefined ? {} : { user }), ...(ticketKey === undefined ? {} : { ticketKey }) };
    const worker = new WorkerHandle({
      program: programs.take(env),
      sockets,
      zones,
      connections,
      onGiven: (message, socket) => this.giveOn(message, socket),
      onExit: (ended, exit) => this.workerEnded(ended, exit),
    });
    this.workers.add(worker);
    log.write("notice", undefined, `start worker process ${worker.pid}`);
    void health.then((known) => worker.begin({ config, health: known, sharesZones: this.sharesZones, ...identity }));
    return worker;
  }

  private giveOn(message: GivenConnection, socket: Socket): void {
    const heir = this.options.heir();
    if (heir === undefined) socket.destroy();
    else heir.adopt(message, socket);
  }

  private workerEnded(worker: WorkerHandle, exit: WorkerExit): void {
    this.workers.delete(worker);
    this.logExit(worker.pid, exit);
    if (this.state === "ending" || !(worker.isReady || this.state === "serving")) {
      this.options.onEnded();
      return;
    }
    // One that never served counts as dead at once, however long its program took to start.
    const delayMs = this.delay.after(worker.isReady ? performance.now() - worker.startedAtMs : 0);
    const timer = setTimeout(() => {
      this.waiting.delete(timer);
      void this.replace();
    }, delayMs);
    this.waiting.add(timer);
  }

  private async replace(): Promise<void> {
    const worker = this.startWorker(this.askHealth());
    await worker.started;
    if (worker.complaint !== "") this.options.log.write("emerg", undefined, worker.complaint);
  }

  private logExit(pid: number, { code, signal }: WorkerExit): void {
    const { log } = this.options;
    log.write("notice", undefined, `signal 17 (SIGCHLD) received from ${pid}`);
    // A worker that was told to stop may not have come as far as to hear it.
    const isExpected = code === 0 || (this.isTerminated && signal === "SIGTERM");
    const how = signal === null ? `exited with code ${code}` : `exited on signal ${constants.signals[signal]}`;
    log.write(isExpected ? "notice" : "alert", undefined, `worker process ${pid} ${how}`);
  }
}

/** A worker as its master sees it: a child process, what it said, and how it ended. */

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CarriedHealth } from "./carried-health.ts";
import { WORKER_ENV } from "./master-channel.ts";
import type { MasterMessage, WorkerMessage } from "./worker-messages.ts";

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface WorkerOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Descriptors of this process that the worker gets. */
  readonly fds: ReadonlyMap<string, number>;
  readonly onExit: (worker: WorkerHandle, exit: WorkerExit) => void;
}

/** The command-line program, whichever of the package's programs this is. */
const PROGRAM = fileURLToPath(new URL("./foregate.js", import.meta.url));
/** Long enough for every title that the worker gives itself: a process cannot lengthen its own. */
const FIRST_TITLE = "foregate: worker process".padEnd(48);
/** 0 to 2 are the standard streams, 3 is the channel. */
const FIRST_FD = 4;
/** A worker that does not tell what it knows of its peers is not waited for. */
const HEALTH_TIMEOUT_MS = 1000;

export class WorkerHandle {
  readonly pid: number;
  readonly startedAtMs = performance.now();
  /** Settles when the worker accepts, with "", or cannot, with the reason. */
  readonly started: Promise<string>;
  isReady = false;
  isAlive = true;
  /** Why it cannot serve, in its own words; "" while it has said nothing of the kind. */
  complaint = "";
  private readonly child: ChildProcess;
  private readonly fdsOfWorker: readonly (readonly [key: string, fd: number])[];
  private settleStarted: (failure: string) => void = () => {};
  private onHealth: ((health: CarriedHealth) => void) | undefined = undefined;

  constructor({ env, fds, onExit }: WorkerOptions) {
    this.started = new Promise((resolve) => {
      this.settleStarted = resolve;
    });
    this.fdsOfWorker = [...fds.keys()].map((key, at) => [key, FIRST_FD + at]);
    this.child = spawn(process.execPath, [...process.execArgv, PROGRAM], {
      argv0: FIRST_TITLE,
      env: { ...env, [WORKER_ENV]: "1" },
      stdio: ["ignore", "inherit", "inherit", "ipc", ...fds.values()],
    });
    this.pid = this.child.pid ?? -1;
    this.child.on("message", (message: WorkerMessage) => this.hear(message));
    this.child.once("error", (error) => this.end(`spawn() failed: ${error.message}`, { code: null, signal: null }, onExit));
    this.child.once("exit", (code, signal) => {
      const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
      const end = (): void => this.end(`worker process ${this.pid} ${how} before it could serve`, { code, signal }, onExit);
      // Its last words may still be on the way.
      if (this.child.connected) this.child.once("disconnect", end);
      else end();
    });
  }

  begin(message: Omit<Extract<MasterMessage, { kind: "begin" }>, "kind" | "fds">): void {
    this.tell({ kind: "begin", fds: this.fdsOfWorker, ...message });
  }

  /** A worker that is gone hears nothing: its exit is told of by itself. */
  tell(message: MasterMessage): void {
    if (this.child.connected) this.child.send(message, () => {});
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Empty when the worker ends or is silent. */
  askHealth(): Promise<CarriedHealth> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.onHealth?.([]), HEALTH_TIMEOUT_MS);
      this.onHealth = (health) => {
        clearTimeout(timer);
        this.onHealth = undefined;
        resolve(health);
      };
      this.tell({ kind: "health" });
    });
  }

  private hear(message: WorkerMessage): void {
    if (message.kind === "health") this.onHealth?.(message.health);
    else if (message.kind === "failed") {
      this.complaint = message.message;
      this.settleStarted(message.message);
    } else {
      this.isReady = true;
      this.settleStarted("");
    }
  }

  private end(failure: string, exit: WorkerExit, onExit: WorkerOptions["onExit"]): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.settleStarted(failure);
    this.onHealth?.([]);
    onExit(this, exit);
  }
}

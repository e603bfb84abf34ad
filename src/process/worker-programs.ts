/**
 * The programs that become workers. One may be started before it is known what it will serve, beside a master that loads itself and reads the
 * configuration: two programs that load one after the other take twice as long to the first answer.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { WORKER_ENV } from "./master-channel.ts";
import { workerEnvironment } from "./worker-environment.ts";

/** The command-line program, whichever of the package's programs this is. */
const PROGRAM = fileURLToPath(new URL("./foregate.js", import.meta.url));
/**
 * Little of what requests leave behind survives its collection: threads that collect it together cost more than one does on busy cores.
 * Node.js 24 would let the young generation, and resident memory under load with it, grow beyond the 16 MB of Node.js 20.
 */
const RUNTIME_FLAGS = ["--no-parallel-scavenge", "--max-semi-space-size=16"] as const;
/** Long enough for every title that the worker gives itself: a process cannot lengthen its own. */
const FIRST_TITLE = "foregate: worker process".padEnd(48);

export class WorkerPrograms {
  /** Waits for its first message. */
  private spare: ChildProcess | undefined = undefined;

  /** Starts one for whoever asks first. */
  startSpare(): void {
    const spare = startProgram(workerEnvironment([], process.env));
    // One that ends by itself, or never began, is none.
    const forget = (): void => {
      if (this.spare === spare) this.spare = undefined;
    };
    spare.once("error", forget);
    spare.once("exit", forget);
    this.spare = spare;
  }

  /** `env` is its whole environment: a spare one with another is ended. */
  take(env: NodeJS.ProcessEnv): ChildProcess {
    const { spare } = this;
    if (spare !== undefined && isSame(env, workerEnvironment([], process.env))) {
      this.spare = undefined;
      return spare;
    }
    this.endSpare();
    return startProgram(env);
  }

  /** Nobody will ask any more. */
  endSpare(): void {
    this.spare?.kill("SIGKILL");
    this.spare = undefined;
  }
}

/** Its first message is to be sent over the channel; it ends when the channel closes. */
function startProgram(env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [...RUNTIME_FLAGS, ...process.execArgv, PROGRAM], {
    argv0: FIRST_TITLE,
    env: { ...env, [WORKER_ENV]: "1" },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

function isSame(one: NodeJS.ProcessEnv, other: NodeJS.ProcessEnv): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

/** Starts servers, keeps their process ids, and ends exactly those. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A server that has not ended this long after SIGTERM is killed. */
const TERM_TIMEOUT_MS = 3000;
const LOG_TAIL_BYTES = 2000;

export interface Running {
  readonly pid: number;
  /** Undefined while the process lives, else how it ended and the end of its log. */
  failure(): string | undefined;
  stop(): Promise<void>;
}

export interface Launcher {
  launch(program: string, args: readonly string[], directory: string, env?: Readonly<Record<string, string>>): Running;
  /** Kills at once what still runs; for signal and exit handlers. */
  killAll(): void;
}

/** Every child leads its own process group, so its workers are reached by one id and a terminal's Ctrl-C reaches the bench alone. */
export function createLauncher(): Launcher {
  const children = new Set<ChildProcess>();

  function launch(program: string, args: readonly string[], directory: string, env: Readonly<Record<string, string>> = {}): Running {
    const logFile = join(directory, "output.log");
    const output = openSync(join(directory, "stdout.log"), "w");
    const errors = openSync(logFile, "w");
    const child = spawn(program, args, {
      cwd: directory,
      env: { ...process.env, ...env },
      stdio: ["ignore", output, errors],
      detached: true,
    });
    closeSync(output);
    closeSync(errors);
    const { pid } = child;
    if (pid === undefined) throw new Error(`Cannot start "${program}"`);
    children.add(child);
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    return {
      pid,
      failure: () => (hasEnded(child) ? `ended with ${child.signalCode ?? child.exitCode}: ${tailOf(logFile)}` : undefined),
      stop: async () => {
        if (!hasEnded(child)) child.kill("SIGTERM");
        const timer = setTimeout(() => killGroup(pid), TERM_TIMEOUT_MS);
        await ended;
        clearTimeout(timer);
        killGroup(pid);
        children.delete(child);
      },
    };
  }

  return {
    launch,
    killAll: () => {
      for (const child of children) if (child.pid !== undefined) killGroup(child.pid);
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // Nobody of the group is left: what was wanted.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function tailOf(file: string): string {
  return readFileSync(file, "latin1").slice(-LOG_TAIL_BYTES).trim();
}

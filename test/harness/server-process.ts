/** A child process that is a server: its output, its end, and the certainty that it ends with the tests. */

import { type ChildProcess, spawn } from "node:child_process";

const STOP_DEADLINE_MS = 10_000;

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const living = new Set<ChildProcess>();
// A test run that dies must not leave servers behind.
process.on("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

/** One spawned server; `exit` settles when it is gone. */
export class ServerProcess {
  readonly pid: number;
  readonly exit: Promise<ProcessExit>;
  readonly #child: ChildProcess;
  #ended: ProcessExit | undefined;
  #output = "";

  constructor(command: string, args: readonly string[], options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv }) {
    const child = spawn(command, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.pid = child.pid ?? -1;
    living.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("latin1").on("data", (text: string) => {
        this.#output += text;
      });
    }
    this.exit = new Promise((resolve) => {
      const settle = (exit: ProcessExit): void => {
        living.delete(child);
        this.#ended = exit;
        resolve(exit);
      };
      child.once("error", (cause) => {
        this.#output += `Cannot start "${command}": ${cause.message}\n`;
        settle({ code: 127, signal: null });
      });
      child.once("close", (code, signal) => settle({ code, signal }));
    });
  }

  /** What it wrote to stdout and stderr so far. */
  get output(): string {
    return this.#output;
  }

  /** How it ended, or undefined while it runs. */
  get ended(): ProcessExit | undefined {
    return this.#ended;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Sends `name` and waits for the end; SIGKILL follows, and an error, when it does not come. */
  async stop(name: NodeJS.Signals): Promise<ProcessExit> {
    if (this.#ended !== undefined) return this.#ended;
    this.#child.kill(name);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#child.kill("SIGKILL");
    }, STOP_DEADLINE_MS);
    const exit = await this.exit;
    clearTimeout(timer);
    if (late) throw new Error(`Process ${this.pid} did not end on ${name} within ${STOP_DEADLINE_MS} ms; its output:\n${this.#output}`);
    return exit;
  }
}

/** USR2: the program that follows this one, started with its sockets (nginx: ngx_exec_new_binary). */

import { spawn } from "node:child_process";
import type { BoundSocket } from "./bound-socket.ts";
import { inheritedSocketsEnvironment } from "./inherited-sockets.ts";

export interface Successor {
  readonly pid: number;
}

/** Starts what is in this program's place now. `onExit` hears of its end, also where it could not be started. */
export function startSuccessor(sockets: readonly BoundSocket[], onExit: (how: string) => void): Successor {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, ...inheritedSocketsEnvironment(sockets.map(({ key }) => key)) },
    stdio: ["ignore", "inherit", "inherit", ...sockets.map(({ fd }) => fd)],
  });
  let isOver = false;
  const end = (how: string): void => {
    if (isOver) return;
    isOver = true;
    onExit(how);
  };
  child.once("error", (error) => end(`could not be started: ${error.message}`));
  child.once("exit", (code, signal) => end(signal === null ? `exited with code ${code}` : `was ended by ${signal}`));
  return { pid: child.pid ?? -1 };
}

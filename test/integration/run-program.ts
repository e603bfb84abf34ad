/** Runs a program to its end and hands out what it said: foregate and, for comparison, nginx. */

import { spawnSync } from "node:child_process";
import { FOREGATE_PATH } from "../harness/start-foregate.ts";

export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function runForegate(args: readonly string[], cwd: string): ProgramEnd {
  return runProgram(process.env["FOREGATE_NODE"] ?? process.execPath, [FOREGATE_PATH, ...args], cwd);
}

export function runNginx(args: readonly string[], cwd: string): ProgramEnd {
  return runProgram(process.env["NGINX"] ?? "/usr/sbin/nginx", args, cwd);
}

function runProgram(command: string, args: readonly string[], cwd: string): ProgramEnd {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "latin1", timeout: 15_000 });
  return { code: status, stdout, stderr };
}

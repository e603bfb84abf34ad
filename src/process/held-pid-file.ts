/** The pid file as the process that writes it holds it: moved by reloads, set aside while another program follows (nginx: ngx_reopen_pid). */

import { renameSync } from "node:fs";
import { describeSystemError } from "../log/system-error.ts";
import { PidFileError, removePidFile, writePidFile } from "./pid-file.ts";

/** nginx: NGINX_OLDPID_EXT */
const OLD_PROGRAM = ".oldbin";

export class HeldPidFile {
  /** As configured. */
  private path: string | undefined = undefined;
  private isAside = false;

  /** Writes it where the configuration says, and removes the former one. Throws a PidFileError. */
  moveTo(path: string): void {
    if (path === this.path) return;
    const former = this.current;
    writePidFile(this.isAside ? path + OLD_PROGRAM : path, process.pid);
    this.path = path;
    if (former !== undefined) removePidFile(former, process.pid);
  }

  /** Makes room for the pid of the program that follows. Throws a PidFileError. */
  setAside(): void {
    if (this.path === undefined || this.isAside) return;
    rename(this.path, this.path + OLD_PROGRAM);
    this.isAside = true;
  }

  /** The program that followed is gone. Throws a PidFileError. */
  takeBack(): void {
    if (this.path === undefined || !this.isAside) return;
    rename(this.path + OLD_PROGRAM, this.path);
    this.isAside = false;
  }

  remove(): void {
    if (this.current !== undefined) removePidFile(this.current, process.pid);
  }

  private get current(): string | undefined {
    return this.path !== undefined && this.isAside ? this.path + OLD_PROGRAM : this.path;
  }
}

function rename(from: string, to: string): void {
  try {
    renameSync(Buffer.from(from, "latin1"), Buffer.from(to, "latin1"));
  } catch (cause) {
    throw new PidFileError(`rename() ${from} to ${to} failed (${describeSystemError(cause as NodeJS.ErrnoException)})`, { cause });
  }
}

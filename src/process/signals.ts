/** The signals that nginx's processes take, and what each asks for (nginx.org, Controlling nginx; ngx_process.c). */

import { constants } from "node:os";
import type { ErrorLog } from "../log/error-log.ts";

export interface WorkerSignalActions {
  stop(): void;
  quit(): void;
  reopen(): void;
}

export interface SignalActions extends WorkerSignalActions {
  reload(): void;
}

export interface MasterSignalActions extends SignalActions {
  /** USR2: starts the program that is in this one's place now. */
  upgrade(): void;
  /** WINCH: ends the workers and keeps the sockets. */
  stopWorkers(): void;
}

/** Of the one process that serves where `master_process off` says so. */
export function listenToSignals(actions: SignalActions, log: ErrorLog): void {
  listenToEnds(actions, log);
  listenTo("SIGHUP", ", reconfiguring", () => actions.reload(), log);
  listenTo("SIGUSR2", ", ignoring: without a master process no other program can follow this one", ignore, log);
}

/** `isDaemon`: nginx heeds WINCH only then; in the foreground it is a terminal that changed its size. */
export function listenToMasterSignals(actions: MasterSignalActions, log: ErrorLog, isDaemon: boolean): void {
  listenToEnds(actions, log);
  listenTo("SIGHUP", ", reconfiguring", () => actions.reload(), log);
  listenTo("SIGUSR2", ", changing binary", () => actions.upgrade(), log);
  if (isDaemon) listenTo("SIGWINCH", ", stop accepting connections", () => actions.stopWorkers(), log);
}

/** A worker ignores what is for its master alone. */
export function listenToWorkerSignals(actions: WorkerSignalActions, log: ErrorLog): void {
  listenToEnds(actions, log);
  listenTo("SIGHUP", ", ignoring", ignore, log);
  listenTo("SIGUSR2", ", ignoring", ignore, log);
}

function listenToEnds(actions: WorkerSignalActions, log: ErrorLog): void {
  listenTo("SIGTERM", ", exiting", () => actions.stop(), log);
  listenTo("SIGINT", ", exiting", () => actions.stop(), log);
  listenTo("SIGQUIT", ", shutting down", () => actions.quit(), log);
  listenTo("SIGUSR1", ", reopening logs", () => actions.reopen(), log);
}

function listenTo(name: NodeJS.Signals, what: string, act: () => void, log: ErrorLog): void {
  process.on(name, () => {
    log.write("notice", undefined, `signal ${constants.signals[name]} (${name}) received${what}`);
    act();
  });
}

function ignore(): void {}

/** The signals that nginx's master process takes, and what each asks for (nginx.org, Controlling nginx). */

import { constants } from "node:os";
import type { ErrorLog } from "../log/error-log.ts";

export interface SignalActions {
  stop(): void;
  quit(): void;
  reload(): void;
  reopen(): void;
}

/** `isDaemon`: nginx heeds WINCH only then; in the foreground it is a terminal that changed its size. */
export function listenToSignals(actions: SignalActions, log: ErrorLog, isDaemon: boolean): void {
  const on = (name: NodeJS.Signals, what: string, act: () => void): void => {
    process.on(name, () => {
      log.write("notice", undefined, `signal ${constants.signals[name]} (${name}) received${what}`);
      act();
    });
  };
  on("SIGTERM", ", exiting", actions.stop);
  on("SIGINT", ", exiting", actions.stop);
  on("SIGQUIT", ", shutting down", actions.quit);
  on("SIGHUP", ", reconfiguring", actions.reload);
  on("SIGUSR1", ", reopening logs", actions.reopen);
  on("SIGUSR2", ", changing the program while it runs is not supported: ignored", ignore);
  if (isDaemon) on("SIGWINCH", ", stopping only the workers is not supported: ignored", ignore);
}

function ignore(): void {}

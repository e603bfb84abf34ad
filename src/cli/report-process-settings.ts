/** Tells of settings of the whole process that are not what they would be in nginx: one process serves, as the user that started it. */

import { userInfo } from "node:os";
import type { LoadedConfig } from "../boot/load-config.ts";
import type { StartLog } from "../process/start-log.ts";

/** `user` is worth a warning at every start; that workers are not started only interests who tests. */
export function reportUser({ main }: LoadedConfig, startLog: StartLog): void {
  const user = main.user?.user;
  if (user === undefined || user === userInfo().username) return;
  const isRoot = process.getuid?.() === 0;
  // nginx's words where it is nginx's reason.
  const why = isRoot
    ? `the "user" directive is not applied yet: requests are served with super-user privileges`
    : `the "user" directive makes sense only if the master process runs with super-user privileges, ignored`;
  startLog.report("warn", why);
}

export function reportWorkers({ main }: LoadedConfig, startLog: StartLog): void {
  if (main.worker_processes === 1) return;
  startLog.say(`foregate: [notice] "worker_processes" directive has no effect yet: one process serves`);
}

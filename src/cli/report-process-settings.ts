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
  const say = (directive: string, why: string): void =>
    startLog.say(`foregate: [notice] "${directive}" directive has no effect yet: ${why}`);
  if (main.worker_processes !== 1) say("worker_processes", "one process serves");
  if (main.worker_rlimit_nofile !== undefined) say("worker_rlimit_nofile", "the limit is the one the process was started with");
  if (main.env.length > 0) say("env", "the process keeps its whole environment");
}

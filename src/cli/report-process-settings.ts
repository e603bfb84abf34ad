/** Tells of settings of the whole process that cannot be what the configuration asks for. */

import type { LoadedConfig } from "../boot/load-config.ts";
import { readOpenFilesLimit } from "../net/open-files-limit.ts";
import type { StartLog } from "../process/start-log.ts";
import { findSystemUser, SystemUserError } from "../process/system-user.ts";

/** False, having said why, when there is no such account for the workers to become. */
export function checkUser({ main }: LoadedConfig, startLog: StartLog): boolean {
  if (main.user === undefined || process.geteuid?.() !== 0) return true;
  try {
    findSystemUser(main.user.user, main.user.group);
    return true;
  } catch (error) {
    if (!(error instanceof SystemUserError)) throw error;
    startLog.report("emerg", error.message);
    return false;
  }
}

/** nginx's warning to those who cannot change users. */
export function reportUser({ main }: LoadedConfig, startLog: StartLog): void {
  if (main.user === undefined || process.geteuid?.() === 0) return;
  startLog.report("warn", `the "user" directive makes sense only if the master process runs with super-user privileges, ignored`);
}

/** What asks for more open files than there can be; the second in nginx's words. */
export function reportFilesLimit({ main }: LoadedConfig, startLog: StartLog): void {
  const wanted = main.worker_rlimit_nofile;
  const limit = readOpenFilesLimit();
  if (main.worker_connections > limit) {
    startLog.report("warn", `${main.worker_connections} worker_connections exceed open file resource limit: ${limit}`);
  }
  if (wanted === undefined || limit >= wanted) return;
  const remedy = `LimitNOFILE=${wanted} of the service or "ulimit -n ${wanted}" before the start raises it`;
  startLog.report("warn", `worker_rlimit_nofile ${wanted} is more than the ${limit} open files that this process is allowed: ${remedy}`);
}

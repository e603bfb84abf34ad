/** Serves: in this process, or in a daemon of which this one waits to hear that it serves. */

import { findDaemonParent, launchDaemon } from "../process/daemon.ts";
import { ServingProcess } from "../process/serving-process.ts";
import { printLine } from "../process/standard-streams.ts";
import { openCommand } from "./open-command.ts";
import type { ConfigOptions } from "./options.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";
import { reportUser } from "./report-process-settings.ts";

/** Resolves with the exit code when serving has ended, or a daemon has begun it. `onServing` hears which addresses accept. */
export async function start(options: ConfigOptions, onServing?: (addresses: readonly string[]) => void): Promise<number> {
  const parent = findDaemonParent();
  const { paths, services, startLog, load } = openCommand(options, parent?.print);
  const loaded = load();
  const { snapshot } = loaded;
  const becomesDaemon = snapshot !== undefined && loaded.main.daemon && parent === undefined;
  // A daemon reads the configuration itself and tells of it.
  if (becomesDaemon) return launchDaemon(loaded.mainErrorLogs, printLine);
  reportDiagnostics(loaded.diagnostics, ["warn", "emerg"], startLog);
  if (snapshot === undefined) return 1;
  reportUser(loaded, startLog);

  const serving = new ServingProcess({ load, services, startLog, prefix: paths.prefix, isDaemon: parent !== undefined });
  if (!(await serving.start(loaded, snapshot))) return 1;
  parent?.ready();
  onServing?.(serving.addresses);
  await serving.ended;
  return 0;
}

/** Serves: in this process, in workers of it, or in a daemon of which this one waits to hear that it serves. */

import type { LoadedConfig } from "../boot/load-config.ts";
import { resolveUpstreams } from "../boot/resolve-upstreams.ts";
import type { Snapshot } from "../boot/snapshot.ts";
import { findDaemonParent, launchDaemon } from "../process/daemon.ts";
import { takeInheritedSockets } from "../process/inherited-sockets.ts";
import { loadRecorded, type RecordedConfig, resolveRecorded } from "../process/load-recorded.ts";
import { MasterProcess } from "../process/master-process.ts";
import { ServingProcess } from "../process/serving-process.ts";
import { printLine } from "../process/standard-streams.ts";
import type { WorkerPrograms } from "../process/worker-programs.ts";
import { type Command, openCommand } from "./open-command.ts";
import type { ConfigOptions } from "./options.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";
import { reportFilesLimit, reportUser } from "./report-process-settings.ts";

/** What serves, with whichever processes. */
interface Serving {
  readonly addresses: readonly string[];
  readonly ended: Promise<void>;
}

/** Resolves with the exit code when serving has ended, or a daemon has begun it. `onServing` hears which addresses accept. */
export async function start(
  options: ConfigOptions,
  programs: WorkerPrograms,
  onServing?: (addresses: readonly string[]) => void,
): Promise<number> {
  try {
    const serving = await begin(options, programs, onServing);
    if (typeof serving === "number") return serving;
    await serving.ended;
    return 0;
  } finally {
    programs.endSpare();
  }
}

/** An exit code when there is nothing to wait for. A function of its own, so that what was loaded is let go of while serving. */
async function begin(
  options: ConfigOptions,
  programs: WorkerPrograms,
  onServing: ((addresses: readonly string[]) => void) | undefined,
): Promise<Serving | number> {
  const parent = findDaemonParent();
  const inherited = takeInheritedSockets();
  const command = openCommand(options, parent?.print);
  const { conf, paths, services, startLog } = command;
  const load = (): RecordedConfig => loadRecorded({ path: conf, paths, commandLine: options.directives, services });
  const read = load();
  const { main, mainErrorLogs } = read.loaded;
  // Who hands sockets in, a service manager or the program before this one, knows this process and no other.
  const becomesDaemon = read.loaded.snapshot !== undefined && main.daemon && parent === undefined && inherited.from === "nobody";
  // A daemon reads the configuration itself and tells of it.
  if (becomesDaemon || !main.master_process) programs.endSpare();
  if (becomesDaemon) return launchDaemon(mainErrorLogs, printLine);
  const recorded = await resolveRecorded(read);
  const { snapshot, diagnostics } = recorded.loaded;
  reportDiagnostics(diagnostics, ["warn", "emerg"], startLog);
  if (snapshot === undefined) return 1;
  reportUser(recorded.loaded, startLog);
  reportFilesLimit(recorded.loaded, startLog);

  const isDaemon = parent !== undefined || inherited.from === "master";
  const serving = main.master_process
    ? await serveWithWorkers(
        new MasterProcess({
          load: async () => resolveRecorded(load()),
          services,
          startLog,
          prefix: paths.prefix,
          isDaemon,
          inherited,
          programs,
        }),
        recorded,
        snapshot,
      )
    : await serveAlone(command, recorded.loaded, snapshot);
  if (serving === undefined) return 1;
  parent?.ready();
  onServing?.(serving.addresses);
  return serving;
}

async function serveWithWorkers(master: MasterProcess, recorded: RecordedConfig, snapshot: Snapshot): Promise<Serving | undefined> {
  return (await master.start(recorded, snapshot)) ? master : undefined;
}

/** `master_process off`. */
async function serveAlone(
  { load, services, startLog, paths }: Command,
  loaded: LoadedConfig,
  snapshot: Snapshot,
): Promise<Serving | undefined> {
  const serving = new ServingProcess({ load: async () => resolveUpstreams(load()), services, startLog, prefix: paths.prefix });
  return (await serving.start(loaded, snapshot)) ? serving : undefined;
}

/** A configuration that is ready to be served: all that can fail for its user's mistakes, besides binding, has been done. */

import { availableParallelism } from "node:os";
import type { LoadedConfig } from "../boot/load-config.ts";
import type { Snapshot } from "../boot/snapshot.ts";
import type { ErrorLog } from "../log/error-log.ts";
import type { BoundSocket } from "./bound-socket.ts";
import type { GenerationOptions } from "./generation.ts";
import type { RecordedConfig } from "./load-recorded.ts";
import type { AdoptedSnapshot } from "./master-zones.ts";
import { findSystemUser, type SystemUser } from "./system-user.ts";
import { createTempPaths } from "./temp-paths.ts";
import { workerEnvironment } from "./worker-environment.ts";
import type { WorkerConfig } from "./worker-messages.ts";

/** All that a master keeps of a configuration: what answers requests is its workers', and large. */
export interface PreparedConfig {
  readonly main: LoadedConfig["main"];
  readonly environmentNames: readonly string[];
  readonly config: WorkerConfig;
  readonly socketKeys: ReadonlySet<string>;
  /** What workers count in together. */
  readonly shared: AdoptedSnapshot;
  /** Whom workers become; undefined: they stay who the master is. */
  readonly user: SystemUser | undefined;
}

/** Throws a SystemUserError or a TempPathError. */
export function prepareConfig({ loaded, config }: RecordedConfig, snapshot: Snapshot): PreparedConfig {
  const { main, environmentNames, tempPaths } = loaded;
  const { user: account } = main;
  // nginx: only the super-user's workers can become somebody else.
  const user = account === undefined || process.geteuid?.() !== 0 ? undefined : findSystemUser(account.user, account.group);
  createTempPaths(tempPaths, user);
  const { sockets, zones, sessionCaches, upstreams } = snapshot;
  const socketKeys = new Set(sockets.map((socket) => socket.key));
  return { main, environmentNames, config, socketKeys, shared: { zones, sessionCaches, upstreams }, user };
}

/** The workers that it asks for; `sockets` are all that are open. */
export function generationOf(
  { main, environmentNames, config, socketKeys, user }: PreparedConfig,
  sockets: readonly BoundSocket[],
): Pick<GenerationOptions, "workersNumber" | "config" | "env" | "sockets" | "user"> {
  const { worker_processes, env } = main;
  return {
    workersNumber: worker_processes === "auto" ? availableParallelism() : worker_processes,
    config,
    env: workerEnvironment([...environmentNames, ...env], process.env),
    sockets: sockets.filter(({ key }) => socketKeys.has(key)),
    user,
  };
}

/** nginx's workers become "nobody" then; here directories that only the super-user may read would be cut off unasked. */
export function warnOfSuperUser({ main }: PreparedConfig, log: ErrorLog): void {
  if (process.geteuid?.() !== 0 || main.user !== undefined) return;
  log.write("warn", undefined, `workers run with super-user privileges: no "user" directive says otherwise`);
}

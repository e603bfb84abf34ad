/** A configuration that is ready to be served: all that can fail for its user's mistakes, besides binding, has been done. */

import { availableParallelism } from "node:os";
import type { Snapshot } from "../boot/snapshot.ts";
import type { ErrorLog } from "../log/error-log.ts";
import type { BoundSocket } from "./bound-socket.ts";
import type { GenerationOptions } from "./generation.ts";
import type { RecordedConfig } from "./load-recorded.ts";
import { findSystemUser, type SystemUser } from "./system-user.ts";
import { createTempPaths } from "./temp-paths.ts";
import { workerEnvironment } from "./worker-environment.ts";

export interface PreparedConfig extends RecordedConfig {
  readonly snapshot: Snapshot;
  /** Whom workers become; undefined: they stay who the master is. */
  readonly user: SystemUser | undefined;
}

/** Throws a SystemUserError or a TempPathError. */
export function prepareConfig(recorded: RecordedConfig, snapshot: Snapshot): PreparedConfig {
  const { user: account } = recorded.loaded.main;
  // nginx: only the super-user's workers can become somebody else.
  const user = account === undefined || process.geteuid?.() !== 0 ? undefined : findSystemUser(account.user, account.group);
  createTempPaths(recorded.loaded.tempPaths, user);
  return { ...recorded, snapshot, user };
}

/** The workers that it asks for; `sockets` are all that are open. */
export function generationOf(
  { loaded, snapshot, config, user }: PreparedConfig,
  sockets: readonly BoundSocket[],
): Pick<GenerationOptions, "workersNumber" | "config" | "env" | "sockets" | "user"> {
  const { worker_processes, env } = loaded.main;
  return {
    workersNumber: worker_processes === "auto" ? availableParallelism() : worker_processes,
    config,
    env: workerEnvironment([...loaded.environmentNames, ...env], process.env),
    sockets: sockets.filter(({ key }) => snapshot.sockets.some((socket) => socket.key === key)),
    user,
  };
}

/** nginx's workers become "nobody" then; here directories that only the super-user may read would be cut off unasked. */
export function warnOfSuperUser({ loaded }: PreparedConfig, log: ErrorLog): void {
  if (process.geteuid?.() !== 0 || loaded.main.user !== undefined) return;
  log.write("warn", undefined, `workers run with super-user privileges: no "user" directive says otherwise`);
}

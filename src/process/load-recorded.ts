/** Loads a configuration in the master, and keeps what it was made of for the workers. */

import { type LoadedConfig, type LoadOptions, loadConfig } from "../boot/load-config.ts";
import { resolveUpstreams } from "../boot/resolve-upstreams.ts";
import { fileReader } from "../config/config-reader.ts";
import { recordReader } from "../config/recorded-reader.ts";
import type { WorkerConfig } from "./worker-messages.ts";

export interface RecordedConfig {
  readonly loaded: LoadedConfig;
  readonly config: WorkerConfig;
}

/** Looks up the names of upstream servers, for the workers too; see `resolveUpstreams`. */
export async function resolveRecorded({ loaded, config }: RecordedConfig): Promise<RecordedConfig> {
  const resolved = await resolveUpstreams(loaded);
  return { loaded: resolved, config: { ...config, hosts: resolved.hosts } };
}

export function loadRecorded(options: Omit<LoadOptions, "reader">): RecordedConfig {
  const { path, paths, commandLine } = options;
  const reader = recordReader(fileReader);
  const loaded = loadConfig({ ...options, reader });
  return {
    loaded,
    config: { conf: path, paths, recording: reader.recording(), hosts: [], ...(commandLine === undefined ? {} : { commandLine }) },
  };
}

/** What every command that reads a configuration starts with: its paths, the log of that moment, and a way to read it. */

import { type LoadedConfig, loadConfig } from "../boot/load-config.ts";
import type { ConfigPaths } from "../http/module.ts";
import type { ErrorLog } from "../log/error-log.ts";
import { describeSystemError } from "../log/system-error.ts";
import { createServices, type ProcessServices } from "../process/services.ts";
import { printLine } from "../process/standard-streams.ts";
import { createStartLog, type StartLog } from "../process/start-log.ts";
import type { ConfigOptions } from "./options.ts";
import { resolvePaths } from "./resolve-paths.ts";

export interface Command {
  /** The main configuration file, as messages name it. */
  readonly conf: string;
  readonly paths: ConfigPaths;
  readonly services: ProcessServices;
  readonly startLog: StartLog;
  /** Reads the configuration as it is now. */
  readonly load: () => LoadedConfig;
}

/** `print` takes whole lines for the one who called the program; stderr by default. */
export function openCommand(options: ConfigOptions, print: (line: string) => void = printLine): Command {
  const { conf, paths } = resolvePaths(options);
  const services = createServices();
  return {
    conf,
    paths,
    services,
    startLog: createStartLog(print, openStartLog(paths.errorLog, services, print)),
    load: () => loadConfig({ path: conf, paths, commandLine: options.directives, services }),
  };
}

/** nginx: one that cannot be opened is told of, and the command goes on with the terminal alone. */
function openStartLog(path: string, services: ProcessServices, print: (line: string) => void): ErrorLog | undefined {
  if (path === "stderr") return undefined;
  try {
    return services.errorLogs.open([{ path, level: "notice", format: "text" }]);
  } catch (error) {
    const why = `open() "${path}" failed (${describeSystemError(error as NodeJS.ErrnoException)})`;
    createStartLog(print, undefined).report("alert", `could not open error log file: ${why}`);
    return undefined;
  }
}

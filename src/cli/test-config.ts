/** `-t` and `-T`: says whether a configuration could be served, with all its mistakes, and shows its files. */

import { printSources } from "../config/print.ts";
import { STDOUT, writeStandard } from "../process/standard-streams.ts";
import { openCommand } from "./open-command.ts";
import type { Options } from "./options.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";
import { reportUser, reportWorkers } from "./report-process-settings.ts";

/** Returns the exit code: 1 when there is a mistake. */
export function testConfig(options: Options): number {
  const { conf, startLog, load } = openCommand(options);
  const loaded = load();
  reportDiagnostics(loaded.diagnostics, options.quiet ? ["warn", "emerg"] : ["notice", "warn", "emerg"], startLog);
  if (loaded.snapshot === undefined) {
    startLog.say(`foregate: configuration file ${conf} test failed`);
    return 1;
  }
  reportUser(loaded, startLog);
  if (!options.quiet) {
    reportWorkers(loaded, startLog);
    startLog.say(`foregate: the configuration file ${conf} syntax is ok`);
    startLog.say(`foregate: configuration file ${conf} test is successful`);
  }
  if (options.test === "dump") writeStandard(STDOUT, Buffer.from(printSources({ statements: [], sources: loaded.sources }), "latin1"));
  return 0;
}

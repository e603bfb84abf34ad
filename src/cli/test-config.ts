/** `-t` and `-T`: says whether a configuration could be served, with all its mistakes, and shows its files. */

import { resolveUpstreams } from "../boot/resolve-upstreams.ts";
import { printSources } from "../config/print.ts";
import { STDOUT, writeStandard } from "../process/standard-streams.ts";
import { openCommand } from "./open-command.ts";
import type { Options } from "./options.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";
import { checkUser, reportFilesLimit, reportUser } from "./report-process-settings.ts";

/** Resolves with the exit code: 1 when there is a mistake. */
export async function testConfig(options: Options): Promise<number> {
  const { conf, startLog, load } = openCommand(options);
  const loaded = await resolveUpstreams(load());
  reportDiagnostics(loaded.diagnostics, options.quiet ? ["warn", "emerg"] : ["notice", "warn", "emerg"], startLog);
  if (loaded.snapshot === undefined || !checkUser(loaded, startLog)) {
    startLog.say(`foregate: configuration file ${conf} test failed`);
    return 1;
  }
  reportUser(loaded, startLog);
  reportFilesLimit(loaded, startLog);
  if (!options.quiet) {
    startLog.say(`foregate: the configuration file ${conf} syntax is ok`);
    startLog.say(`foregate: configuration file ${conf} test is successful`);
  }
  if (options.test === "dump") writeStandard(STDOUT, Buffer.from(printSources({ statements: [], sources: loaded.sources }), "latin1"));
  return 0;
}

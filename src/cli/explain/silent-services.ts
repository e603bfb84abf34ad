/** What a configuration is lent while it is only explained: nothing is opened or written, and error log lines become steps of the trace. */

import type { Services } from "../../http/module.ts";
import type { ErrorLog, LogLevel } from "../../log/error-log.ts";
import type { LogFile } from "../../log/log-file.ts";

/** `onError` hears each line that would be worth a look, whatever level `error_log` is set to. */
export function silenceLogs(services: Services, onError: (level: LogLevel, message: string) => void): Services {
  const log: ErrorLog = {
    isOn: isTold,
    write: (level, _connection, message) => {
      if (isTold(level)) onError(level, message);
    },
  };
  return {
    ...services,
    errorLogs: { open: () => log, reopen: () => [], close: () => Promise.resolve() },
    logFiles: {
      open: silentFile,
      openNamed: () => ({ write: () => {} }),
      openSyslog: () => silentFile("syslog"),
      reopen: () => [],
      close: () => Promise.resolve(),
    },
  };
}

function silentFile(path: string): LogFile {
  return { path, write: () => {}, flush: () => {} };
}

/** [notice] is `rewrite_log`, whose steps are told anyway. */
function isTold(level: LogLevel): boolean {
  return level !== "notice" && level !== "debug";
}

/** Where rendered error lines go: a file, or a syslog server as datagrams (nginx: ngx_syslog_writer). */

import { LOG_LEVELS, type LogLevel } from "./error-log.ts";
import type { ErrorLogFile } from "./error-log-file.ts";
import type { SyslogSenders } from "./syslog-senders.ts";
import type { SyslogTarget } from "./syslog-target.ts";

/** Takes a line with its line end, and the level it has. */
export interface LineSink {
  readonly isFile: boolean;
  readonly write: (line: Buffer, level: LogLevel) => void;
}

export function fileSink(file: ErrorLogFile): LineSink {
  return { isFile: true, write: (line) => file.write(line) };
}

/** nginx: the line's own level is its severity. Throws where this machine has nothing to send to such a server with. */
export function syslogSink(target: SyslogTarget, senders: SyslogSenders): LineSink {
  const send = senders.to(target);
  return { isFile: false, write: (line, level) => send(LOG_LEVELS.indexOf(level), line.toString("latin1", 0, line.length - 1)) };
}

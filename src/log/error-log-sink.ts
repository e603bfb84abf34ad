/** Where rendered error lines go: a file, or a syslog server as datagrams (nginx: ngx_syslog_writer). */

import { LOG_LEVELS, type LogLevel } from "./error-log.ts";
import type { ErrorLogFile } from "./error-log-file.ts";
import type { SyslogSenders } from "./syslog-senders.ts";
import { createSyslogHead, type SyslogTarget } from "./syslog-target.ts";

/** Takes a line with its line end, and the level it has. */
export interface LineSink {
  readonly isFile: boolean;
  readonly write: (line: Buffer, level: LogLevel) => void;
}

export function fileSink(file: ErrorLogFile): LineSink {
  return { isFile: true, write: (line) => file.write(line) };
}

/** nginx: the line's own level is its severity. */
export function syslogSink(target: SyslogTarget, senders: SyslogSenders): LineSink {
  const heads = LOG_LEVELS.map((_level, severity) => createSyslogHead(target, severity));
  return {
    isFile: false,
    write: (line, level) => {
      const head = heads[LOG_LEVELS.indexOf(level)]?.() ?? "";
      senders.to(target).send(Buffer.concat([Buffer.from(head, "latin1"), line.subarray(0, -1)]));
    },
  };
}

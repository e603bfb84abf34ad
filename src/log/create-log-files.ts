/** The process's log files: one writer per path, written together when a turn of the event loop ends; and its syslog servers. */

import type { LogLevel } from "./error-log.ts";
import type { LogFiles } from "./log-file.ts";
import { LogFileWriter, type WriterOwner } from "./log-file-writer.ts";
import { NamedLogFilesCache } from "./named-log-files.ts";
import { SyslogLog } from "./syslog-log.ts";
import { SyslogSenders } from "./syslog-senders.ts";

/** `report` gets the message for the error log when lines were lost: at [alert] those of files, at [error] those of syslog servers. */
export function createLogFiles(report: (level: LogLevel, message: string) => void): LogFiles {
  const reportAlert = (message: string): void => report("alert", message);
  const writers = new Map<string, LogFileWriter>();
  const named = new Map<string, NamedLogFilesCache>();
  const senders = new SyslogSenders((message) => report("error", message));
  let scheduled: LogFileWriter[] = [];

  const flushScheduled = (): void => {
    const due = scheduled;
    scheduled = [];
    for (const writer of due) {
      writer.isScheduled = false;
      writer.flush();
    }
  };

  const owner: WriterOwner = {
    scheduleFlush(writer) {
      writer.isScheduled = true;
      if (scheduled.push(writer) === 1) setImmediate(flushScheduled);
    },
    reportAlert,
  };

  return {
    open(path, buffering) {
      let writer = writers.get(path);
      if (writer === undefined) {
        writer = new LogFileWriter(path, owner);
        writers.set(path, writer);
      }
      writer.setBuffering(buffering);
      return writer;
    },
    openNamed(caching) {
      const key = JSON.stringify(caching ?? "none");
      let files = named.get(key);
      if (files === undefined) {
        files = new NamedLogFilesCache(caching, reportAlert);
        named.set(key, files);
      }
      return files;
    },
    openSyslog: (target) => new SyslogLog(target, senders),
    reopen() {
      for (const files of named.values()) files.closeAll();
      const failures: Error[] = [];
      for (const writer of writers.values()) {
        try {
          writer.reopen();
        } catch (error) {
          failures.push(error as Error);
        }
      }
      return failures;
    },
    close() {
      for (const writer of writers.values()) writer.close();
      writers.clear();
      for (const files of named.values()) files.closeAll();
      named.clear();
      return senders.close();
    },
  };
}

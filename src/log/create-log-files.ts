/** The process's log files: one writer per path, written together when a turn of the event loop ends. */

import type { LogFiles } from "./log-file.ts";
import { LogFileWriter, type WriterOwner } from "./log-file-writer.ts";

/** `reportAlert` gets the message for the error log when lines of a file were lost. */
export function createLogFiles(reportAlert: (message: string) => void): LogFiles {
  const writers = new Map<string, LogFileWriter>();
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
    reopen() {
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
    },
  };
}

/** What can be written to as an access log: files shared by everything that writes to the same path, and syslog servers. */

import type { SyslogTarget } from "./syslog-target.ts";

export interface LogFile {
  readonly path: string;
  /** Takes a whole line with its line end (latin1). It reaches the file when this turn of the event loop ends at the latest, or as buffered. */
  write(line: string): void;
  /** Writes out what is held. */
  flush(): void;
}

export interface LogBuffering {
  /** Octets gathered before a write. */
  readonly bytesMax: number;
  /** Milliseconds a line may wait; 0: until the buffer is full. */
  readonly flushMs: number;
  /** zlib's level, 1 to 9: each buffer becomes one gzip member (RFC 1952 section 2.2). 0: lines stay as they are. */
  readonly gzipLevel: number;
}

/** How files whose names come with requests stay open (nginx: open_log_file_cache). */
export interface LogFileCaching {
  /** Files open at once; the one unused for the longest time is closed first. */
  readonly max: number;
  /** Milliseconds after which a file that nobody writes to is closed. */
  readonly inactiveMs: number;
  /** Uses from which on a file stays open behind the turn in which it was written. */
  readonly minUses: number;
  /** Milliseconds after which it is looked up again whether the path still names the open file. */
  readonly validMs: number;
}

/** Log files whose names come with requests. */
export interface NamedLogFiles {
  /** Throws the system's error when the path cannot be opened for appending. */
  write(path: string, line: string): void;
}

export interface LogFiles {
  /** The one writer for that path; opening it twice gives the same. Throws the system's error when it cannot be opened for appending. */
  open(path: string, buffering?: LogBuffering): LogFile;
  /** The files of all who ask with the same words; undefined: each is closed behind the turn in which it was written. */
  openNamed(caching: LogFileCaching | undefined): NamedLogFiles;
  /** A log whose lines are sent as datagrams. What cannot be sent is told of later; throws where there is nothing to send them with. */
  openSyslog(target: SyslogTarget): LogFile;
  /** USR1: flushes, closes and opens every path again. Returns the failures. */
  reopen(): readonly Error[];
  /** Flushes and closes all. Settles when what goes to syslog servers is sent, too. */
  close(): Promise<void>;
}

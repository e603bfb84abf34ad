/** Log files shared by everything that writes to the same path, reopened together. */

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
}

export interface LogFiles {
  /** The one writer for that path; opening it twice gives the same. Throws the system's error when it cannot be opened for appending. */
  open(path: string, buffering?: LogBuffering): LogFile;
  /** USR1: flushes, closes and opens every path again. Returns the failures. */
  reopen(): readonly Error[];
  /** Flushes and closes all. */
  close(): void;
}

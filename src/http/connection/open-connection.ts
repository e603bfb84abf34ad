/** A client's connection as its listener sees it, whatever is spoken on it. */

import type { ConnectionCount } from "../../net/connection-figures.ts";
import type { ConnectionInfo } from "../connection-info.ts";

export interface OpenConnection {
  readonly info: ConnectionInfo;
  /** An idle connection closes at once, a busy one after what it is doing (QUIT, reload). */
  drain(): void;
  /** Makes room for another client; false while it is being served. */
  closeIfIdle(): boolean;
  /** Adds it where it belongs: reading, writing or waiting, and a request whose head is being read. */
  countIn(count: ConnectionCount): void;
  /** Cuts it. */
  destroy(): void;
}

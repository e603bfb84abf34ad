/** A client's connection as its listener sees it, whatever is spoken on it. */

export interface OpenConnection {
  /** An idle connection closes at once, a busy one after what it is doing (QUIT, reload). */
  drain(): void;
  /** Makes room for another client; false while it is being served. */
  closeIfIdle(): boolean;
  /** Cuts it. */
  destroy(): void;
}

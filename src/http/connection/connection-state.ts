/** What an HTTP/1.x connection is doing, and how it is counted. */

import { type ConnectionCount, countRequestBeingRead } from "../../net/connection-figures.ts";

export type ConnectionState =
  /** Waiting for a request's first byte. */
  | "idle"
  /** Some bytes of a head are here. */
  | "head"
  /** A request is being served. */
  | "busy"
  /** An answer is out; the rest of the request's body is read and thrown away. */
  | "draining"
  /** Our side is closed; what the client still sends is thrown away for a while, so that it can read our answer. */
  | "lingering"
  | "closed";

/** nginx: a connection that lingers has a request yet. */
export function countState(state: ConnectionState, count: ConnectionCount): void {
  if (state === "idle") count.waiting++;
  else if (state === "head") countRequestBeingRead(count);
  else if (state !== "closed") count.writing++;
}

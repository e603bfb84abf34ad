/** One request's way back to its client: the seam between what decides (`http/`, modules) and what owns sockets (`http/connection/`). */

import type { ConnectionInfo } from "./connection-info.ts";
import type { RequestBody } from "./request-body.ts";
import type { RequestContext } from "./request-context.ts";
import type { Response } from "./response.ts";

export interface Exchange {
  /** For this request: a module that learns of another client (realip) puts a copy with its address here. */
  connection: ConnectionInfo;
  readonly body: RequestBody;
  /** The client closed or the connection failed: whatever is answered will not arrive. */
  readonly gone: boolean;
  /** Called once if the client goes away before the answer is wholly written. Replaces the former listener; undefined removes it. */
  onGone: (() => void) | undefined;
  /** Writes the answer, then tells `handle-request` through `onSent`. To be called exactly once. */
  send(r: RequestContext, response: Response): void;
  /** Sends an interim 103 with these fields (flat: name, value) ahead of the answer, to a client that knows such; without it they are left out. */
  sendEarlyHints?(fields: readonly string[]): void;
  /** Takes the socket away from HTTP after a 101 has been sent: raw bytes both ways until either side ends. */
  tunnel?(r: RequestContext, response: Response, upstream: TunnelEnd): void;
  /** Ends the exchange with no answer at all (nginx: 444, and clients that broke off). */
  drop(r: RequestContext): void;
}

/** The upstream's side of an upgraded connection. */
export interface TunnelEnd {
  /** False: no more until `onDrain`. The chunk must not change any more. */
  write(chunk: Buffer): boolean;
  /** Sends what was written, then closes. */
  destroy(): void;
  /** The chunk is good during the call. To return false: nothing more comes until `resume`. */
  onData: ((chunk: Buffer) => boolean) | undefined;
  onDrain: (() => void) | undefined;
  onEnd: (() => void) | undefined;
  resume(): void;
}

/** A client's connection as the exchange under way on it sees it. */

import type { Socket } from "node:net";
import type { Deadline } from "../../net/deadlines.ts";
import type { ConnectionInfo } from "../connection-info.ts";
import type { ConnectionHost } from "./connection-host.ts";
import type { Http1Exchange } from "./http1-exchange.ts";

export interface ExchangeOwner {
  readonly socket: Socket;
  readonly deadline: Deadline;
  readonly info: ConnectionInfo;
  readonly host: ConnectionHost;
  /** The client has closed its side. */
  readonly clientEnded: boolean;
  /** Bytes that no one has taken yet are here. */
  readonly hasInput: boolean;
  /** Body bytes that came with the head, or while nobody wanted them, are fed to the reader. */
  feedKeptInput(): void;
  takeInput(): Buffer | undefined;
  pauseReading(): void;
  resumeReading(): void;
  exchangeFinished(exchange: Http1Exchange, isComplete: boolean): void;
}

/** What a request may ask of the client connection it came on: plain facts, no socket. */

export interface ConnectionInfo {
  /** $connection: serial number, unique in the process. */
  readonly serial: number;
  /** Client address without brackets; "unix:" on a unix listener. */
  remoteAddress: string;
  /** "" on a unix listener. */
  remotePort: string;
  /** Address and port the client connected to; the path as "unix:/path" and "" on a unix listener. */
  readonly localAddress: string;
  readonly localPort: string;
  /** $connection_requests: requests seen, this one included. */
  requests: number;
  /** performance.now() at accept. */
  readonly openedAtMs: number;
  readonly tls: boolean;
}

/** What a request may ask of the client connection it came on: plain facts, no socket. */

import type { ProxyHeader } from "../net/proxy-protocol.ts";
import type { TlsInfo } from "./tls-info.ts";

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
  /** $pipe: the request's first bytes came before the one ahead of it was answered. */
  isPipelined?: boolean;
  /** performance.now() at accept. */
  readonly openedAtMs: number;
  /** Undefined on a plain connection. */
  tls: TlsInfo | undefined;
  /** A client spoke plain HTTP where TLS is spoken: its request is answered 400 (nginx: 497). */
  isPlainOnTls: boolean;
  /** What the PROXY protocol header said, on addresses that take one. */
  proxyHeader: ProxyHeader | undefined;
  /** In a copy that one request has because a proxy in front told of another client: the connection as it is. */
  readonly original?: ConnectionInfo;
}

/** How a connection to a peer is made, apart from its address: in the clear, or over TLS with certain settings and names. */

import type { RequestContext } from "../http/request-context.ts";
import type { TlsContext } from "./tls/tls-context.ts";
import type { UpstreamTarget } from "./upstream-protocol.ts";

export interface Transport {
  /** Connections with different keys must never be taken for one another; "" is the clear. */
  readonly key: string;
  /** Undefined: no TLS. */
  readonly tls: PeerTls | undefined;
  /** Bytes that go first, before TLS (PROXY protocol). They tell of one client: such a connection is nobody else's. */
  readonly preface: Buffer | undefined;
  /** Undefined: the system chooses where connections come from. */
  readonly localAddress: LocalAddress | undefined;
}

/** As node:net has it. */
export interface LocalAddress {
  readonly localAddress: string;
  /** 0: any. */
  readonly localPort: number;
}

/** TLS with one peer. */
export interface PeerTls {
  readonly context: TlsContext;
  /** What is asked for (SNI); "": nothing. */
  readonly serverName: string;
  /** What the peer's certificate has to be for, where that is verified. */
  readonly name: string;
}

export const PLAIN_TRANSPORT: Transport = { key: "", tls: undefined, preface: undefined, localAddress: undefined };

/** The transport of a request; a number is the status to answer instead, already logged. */
export type FindTransport = (r: RequestContext, target: UpstreamTarget) => Transport | number;

/** Under which idle connections to a peer are kept. */
export function poolKey(addressText: string, transport: Transport): string {
  return transport.key === "" ? addressText : `${addressText} ${transport.key}`;
}

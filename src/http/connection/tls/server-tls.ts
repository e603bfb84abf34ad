/** TLS as one virtual server offers it: made when the configuration is loaded, shared by all of its handshakes. */

import type { SecureContext, Server } from "node:tls";
import type { CompiledServer } from "../../compiled.ts";
import type { ConnectionInfo } from "../../connection-info.ts";
import type { ClientHello } from "./client-hello.ts";

export interface ServerTls {
  /** Equal for servers whose handshakes can stand for one another: same certificates, same rules. */
  readonly identity: string;
  readonly verifyClient: "off" | "on" | "optional" | "optional_no_ca";
  /** Certificates allowed between a client's and an authority's. */
  readonly verifyDepth: number;
  /** `ssl_reject_handshake` */
  readonly rejectsHandshake: boolean;
  /** `ssl_buffer_size`: the most that one record carries. */
  readonly recordBytesMax: number;
  /** The context for one handshake; a sentence where the certificate that its variables name cannot be used. */
  contextFor(connection: ConnectionInfo, server: CompiledServer, hello: ClientHello): SecureContext | string;
  /** Whom OpenSSL asks for sessions kept on our side: for clients below TLS 1.3, which has tickets alone. */
  readonly sessionOwner: Server | undefined;
  /** Whom OpenSSL asks for an OCSP response; a client that wants none need not be asked about. */
  readonly stapleOwner: Server | undefined;
}

/** The outcome of one handshake. Most requests ask for little of it: everything is worked out when it is asked for. */

import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { TlsInfo } from "../../tls-info.ts";
import type { ClientHello } from "./client-hello.ts";
import { nameCipherSuites, nameGroup, nameGroups, nameSignatureScheme, nameSignatureSchemes } from "./offered-names.ts";
import { sessionGroup, sessionIdOf } from "./serialized-session.ts";
import type { ServerTls } from "./server-tls.ts";
import { clientScheme, ownScheme } from "./signature-scheme.ts";
import { verifyErrorOf } from "./verify-client.ts";

export class NegotiatedTls implements TlsInfo {
  readonly serverName: string;
  readonly negotiatedName: string;
  readonly identity: string;
  readonly clientCertificate: X509Certificate | undefined;
  readonly verifyError: string;
  private readonly socket: TLSSocket;
  private readonly hello: ClientHello;

  /** To be made once the handshake is done. */
  constructor(socket: TLSSocket, hello: ClientHello, negotiatedName: string, server: ServerTls) {
    this.socket = socket;
    this.hello = hello;
    this.serverName = hello.serverName;
    this.negotiatedName = negotiatedName;
    this.identity = server.identity;
    const verifyError = server.verifyClient === "off" ? "" : verifyErrorOf(socket, server.verifyDepth);
    // Behind the verification: Node takes the chain apart that it looks at when it is asked for this.
    this.clientCertificate = server.verifyClient === "off" ? undefined : socket.getPeerX509Certificate();
    this.verifyError = this.clientCertificate === undefined ? "" : verifyError;
  }

  get protocol(): string {
    return this.socket.getProtocol() ?? "";
  }

  get cipher(): string {
    return this.socket.getCipher()?.name ?? "";
  }

  get alpnProtocol(): string {
    return this.socket.alpnProtocol || "";
  }

  get isSessionReused(): boolean {
    return this.socket.isSessionReused();
  }

  get sessionId(): string {
    return sessionIdOf(this.socket.getSession());
  }

  get offeredCiphers(): string {
    return nameCipherSuites(this.hello.cipherSuites);
  }

  get offeredCurves(): string {
    return nameGroups(this.hello.groups);
  }

  get offeredSignatureSchemes(): string {
    return nameSignatureSchemes(this.hello.signatureSchemes);
  }

  get curve(): string {
    return nameGroup(sessionGroup(this.socket.getSession()));
  }

  get signatureScheme(): string {
    const key = this.socket.getX509Certificate()?.publicKey;
    if (key === undefined || this.isSessionReused) return "";
    const { protocol, cipher, hello } = this;
    return nameSignatureScheme(
      ownScheme({ protocol, cipher, offered: hello.signatureSchemes, shared: this.socket.getSharedSigalgs(), key }),
    );
  }

  get clientSignatureScheme(): string {
    if (this.clientCertificate === undefined || this.isSessionReused) return "";
    return nameSignatureScheme(clientScheme(this.clientCertificate.publicKey, this.protocol));
  }
}

/** What is known before the handshake: for certificates that variables name. */
export function offeredTls(hello: ClientHello, negotiatedName: string, { identity }: ServerTls): TlsInfo {
  return {
    serverName: hello.serverName,
    negotiatedName,
    identity,
    protocol: "",
    cipher: "",
    alpnProtocol: "",
    isSessionReused: false,
    sessionId: "",
    offeredCiphers: nameCipherSuites(hello.cipherSuites),
    offeredCurves: nameGroups(hello.groups),
    offeredSignatureSchemes: nameSignatureSchemes(hello.signatureSchemes),
    curve: "",
    signatureScheme: "",
    clientSignatureScheme: "",
    clientCertificate: undefined,
    verifyError: "",
  };
}

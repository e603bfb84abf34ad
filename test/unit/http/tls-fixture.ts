/** The outcome of a handshake as variables and checks read it, without one. */

import type { TlsInfo } from "../../../src/http/tls-info.ts";

export function tlsInfo(parts: Partial<TlsInfo> = {}): TlsInfo {
  return {
    serverName: "",
    negotiatedName: "",
    identity: "rules",
    protocol: "TLSv1.3",
    cipher: "TLS_AES_256_GCM_SHA384",
    alpnProtocol: "",
    isSessionReused: false,
    sessionId: "",
    offeredCiphers: "",
    offeredCurves: "",
    offeredSignatureSchemes: "",
    curve: "",
    signatureScheme: "",
    clientSignatureScheme: "",
    clientCertificate: undefined,
    verifyError: "",
    ...parts,
  };
}

/** TLS with a peer in words, for `foregate explain`. */

import type { PeerTls } from "../transport.ts";

/** As in `asks for "example.com", takes a certificate of example.com alone, shows a certificate of its own`. */
export function describeTls({ context, serverName, name }: PeerTls): string {
  const { verification, hasClientCertificate } = context;
  const asks = serverName === "" ? "asks for no name" : `asks for "${serverName}"`;
  const crl = verification !== undefined && verification.crls.length > 0 ? " that is not revoked" : "";
  const takes = verification === undefined ? "takes any certificate: it is not verified" : `takes a certificate for "${name}"${crl}`;
  return `${asks}, ${takes}${hasClientCertificate ? ", shows one of its own" : ""}`;
}

/** Servers that never listen: node:tls asks the server of a handshake for kept sessions and OCSP responses, and it has to be one of its own. */

import { Server } from "node:tls";
import { sessionProtocol } from "./serialized-session.ts";
import type { SessionCache } from "./session-cache.ts";
import type { Staple } from "./staple.ts";

const TLS_1_3 = 0x0304;
/** nginx: a larger session is not kept (NGX_SSL_MAX_SESSION_SIZE). */
const SESSION_BYTES_MAX = 4096;

/** What a handshake may ask for besides its context. */
export interface HandshakeServices {
  readonly cache: SessionCache | undefined;
  readonly sessionTimeoutS: number;
  /** Gives the OCSP response to send. */
  readonly staple: Staple | undefined;
}

export function createHandshakeOwner({ cache, sessionTimeoutS, staple }: HandshakeServices): Server {
  const owner = new Server();
  if (cache !== undefined) keepSessions(owner, cache, sessionTimeoutS * 1000);
  if (staple !== undefined) owner.on("OCSPRequest", (_certificate, _issuer, answer) => answer(null, staple() ?? null));
  return owner;
}

function keepSessions(owner: Server, cache: SessionCache, lifetimeMs: number): void {
  // The client hears of its session when `done` is called: whichever process it comes back to finds it then.
  owner.on("newSession", (id: Buffer, session: Buffer, done: () => void) => {
    // TLS 1.3 has tickets; what OpenSSL gives here of it could not be found again.
    const isKept = id.length > 0 && session.length <= SESSION_BYTES_MAX && sessionProtocol(session) < TLS_1_3;
    if (isKept) cache.put(id.toString("base64"), session.toString("base64"), lifetimeMs, done);
    else done();
  });
  owner.on("resumeSession", (id: Buffer, done: (error: Error | null, session: Buffer | null) => void) => {
    cache.find(id.toString("base64"), (session) => done(null, session === undefined ? null : Buffer.from(session, "base64")));
  });
}

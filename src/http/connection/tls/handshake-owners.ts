/** Servers that never listen: node:tls asks the server of a handshake for kept sessions and OCSP responses, and it has to be one of its own. */

import { Server } from "node:tls";
import { sessionProtocol } from "./session-id.ts";
import type { SessionStore } from "./session-store.ts";

const TLS_1_3 = 0x0304;

/** What a handshake may ask for besides its context. */
export interface HandshakeServices {
  readonly store: SessionStore | undefined;
  readonly sessionTimeoutS: number;
  /** The OCSP response to send. */
  readonly staple: Buffer | undefined;
}

export function createHandshakeOwner({ store, sessionTimeoutS, staple }: HandshakeServices): Server {
  const owner = new Server();
  if (store !== undefined) keepSessions(owner, store, sessionTimeoutS * 1000);
  if (staple !== undefined) owner.on("OCSPRequest", (_certificate, _issuer, answer) => answer(null, staple));
  return owner;
}

function keepSessions(owner: Server, store: SessionStore, timeoutMs: number): void {
  owner.on("newSession", (id: Buffer, session: Buffer, done: () => void) => {
    // TLS 1.3 has tickets; what OpenSSL gives here of it could not be found again.
    if (id.length > 0 && sessionProtocol(session) < TLS_1_3) store.put(id.toString("latin1"), session, performance.now() + timeoutMs);
    done();
  });
  owner.on("resumeSession", (id: Buffer, done: (error: Error | null, session: Buffer | null) => void) => {
    done(null, store.get(id.toString("latin1"), performance.now()) ?? null);
  });
}

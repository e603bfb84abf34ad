/** TLS on the way to a peer: the handshake, who the peer is, and the session for the next time. */

import type { OnReadOpts, Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type { ConnectPlace } from "../connect-place.ts";
import type { PeerTls } from "../transport.ts";
import { RejectedPeerError } from "./handshake-error.ts";
import { verifyPeer } from "./verify-peer.ts";

/** Where to, or a socket to go over. */
export type TlsPlace = ConnectPlace | { readonly socket: Socket };

/** Who hears of the handshake. */
export interface HandshakeListener {
  /** The peer is known and may be spoken to. */
  secured(): void;
  /** The peer has proved to be somebody else. */
  rejected(error: RejectedPeerError): void;
}

export interface TlsSocketOptions {
  readonly place: TlsPlace;
  /** The address in text: sessions belong to one peer. */
  readonly addressText: string;
  readonly onread: OnReadOpts | undefined;
  readonly writableMarkBytes: number;
}

/** The peer's errors, its end and the connection itself are the caller's to listen to. */
export function connectTls(tls: PeerTls, options: TlsSocketOptions, listener: HandshakeListener): TLSSocket {
  const { context, serverName, name } = tls;
  const { verification, sessions, keyLog, alpn } = context;
  const sessionKey = `${options.addressText} ${serverName.length} ${serverName} ${name}`;
  const session = sessions?.get(sessionKey);
  const settings = {
    ...options.place,
    secureContext: context.secureContext,
    // Who the peer is, is judged below: by our names, and in nginx's words.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    highWaterMark: options.writableMarkBytes,
    ...(serverName === "" ? {} : { servername: serverName }),
    ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
    ...(session === undefined ? {} : { session }),
    ...(options.onread === undefined ? {} : { onread: options.onread }),
  };
  const socket = connect(settings);
  let isSecured = false;
  socket.once("secureConnect", () => {
    const problem = verification === undefined ? "" : verifyPeer(socket, verification, name);
    if (problem !== "") {
      sessions?.forget(sessionKey);
      listener.rejected(new RejectedPeerError(problem));
      return;
    }
    isSecured = true;
    listener.secured();
  });
  if (sessions !== undefined) {
    // TLS 1.3 brings sessions when it likes; one of a peer that was not accepted is never kept.
    socket.on("session", (offered) => {
      if (isSecured) sessions.put(sessionKey, offered);
    });
    socket.once("error", () => {
      if (!isSecured) sessions.forget(sessionKey);
    });
  }
  if (keyLog !== undefined) socket.on("keylog", (line) => keyLog.write(line.toString("latin1")));
  return socket;
}

/** The socket under an HTTP/2 connection: in the clear with prior knowledge (RFC 9113, section 3.3), or over TLS with ALPN (section 3.2). */

import { connect, type Socket } from "node:net";
import { connectPlace } from "../connect-place.ts";
import type { PeerAddress } from "../peer-address.ts";
import { connectTls, type HandshakeListener, type TlsPlace } from "../tls/connect-tls.ts";
import type { PeerTls, Transport } from "../transport.ts";

/** nginx: offers HTTP/2 alone, whatever `proxy_ssl_alpn` says, and speaks it whatever the peer chose. */
const ALPN = ["h2"];
/** node:http2 has its own account of what waits to be written. */
const WRITABLE_MARK_BYTES = 16_384;

export interface SocketListener extends HandshakeListener {
  /** The socket in use from now on, its errors and end to be listened to. */
  opened(socket: Socket): void;
  /** The peer has accepted the connection; TLS is being agreed upon. */
  handshaking(): void;
}

/** `secured` says that HTTP/2 can be spoken over the socket opened last. */
export function openSocket(address: PeerAddress, transport: Transport, keepsAlive: boolean, listener: SocketListener): void {
  const { tls, preface } = transport;
  const place = connectPlace(address, transport);
  if (tls !== undefined && preface === undefined) {
    const socket = openTls(tls, place, address, listener);
    socket.once("connect", () => {
      socket.setNoDelay(true);
      if (keepsAlive) socket.setKeepAlive(true);
      listener.handshaking();
    });
    return;
  }
  const socket = connect({ ...place, noDelay: true, keepAlive: keepsAlive });
  listener.opened(socket);
  socket.once("connect", () => {
    if (preface !== undefined) socket.write(preface);
    if (tls === undefined) {
      listener.secured();
      return;
    }
    listener.handshaking();
    openTls(tls, { socket }, address, listener);
  });
}

function openTls(tls: PeerTls, place: TlsPlace, address: PeerAddress, listener: SocketListener): Socket {
  const options = { place, addressText: address.text, onread: undefined, writableMarkBytes: WRITABLE_MARK_BYTES };
  const socket = connectTls({ ...tls, context: { ...tls.context, alpn: ALPN } }, options, listener);
  listener.opened(socket);
  return socket;
}

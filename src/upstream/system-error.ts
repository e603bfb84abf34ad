/** A socket's error in nginx's words: "connect() failed (111: Connection refused)". */

import { statSync } from "node:fs";
import { isOpensslError, opensslText } from "../net/tls/openssl-text.ts";
import type { PeerAddress } from "./peer-address.ts";
import { UPSTREAM_CAUSES, type UpstreamCause, UpstreamError } from "./upstream-error.ts";

/** glibc's texts for the errors that sockets give. */
const TEXTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Connection refused",
  ECONNRESET: "Connection reset by peer",
  ECONNABORTED: "Software caused connection abort",
  ETIMEDOUT: "Connection timed out",
  EHOSTUNREACH: "No route to host",
  ENETUNREACH: "Network is unreachable",
  EHOSTDOWN: "Host is down",
  ENETDOWN: "Network is down",
  EADDRNOTAVAIL: "Cannot assign requested address",
  ENOENT: "No such file or directory",
  EACCES: "Permission denied",
  EPERM: "Operation not permitted",
  EAGAIN: "Resource temporarily unavailable",
  ENOTSOCK: "Socket operation on non-socket",
  EPROTOTYPE: "Protocol wrong type for socket",
  EINVAL: "Invalid argument",
  ENAMETOOLONG: "File name too long",
  ENOTDIR: "Not a directory",
  EPIPE: "Broken pipe",
  EMFILE: "Too many open files",
  ENFILE: "Too many open files in system",
};

/** nginx logs these at [error] when it cannot connect, others at [crit]: they say something about the peer, not about this machine. */
const PEER_ERRORS: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EAGAIN",
  "ECONNRESET",
  "ENETDOWN",
  "ENETUNREACH",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ETIMEDOUT",
]);

const CONNECT_CAUSES: Readonly<Record<string, UpstreamCause>> = {
  ECONNREFUSED: "connect_refused",
  ENOENT: "socket_missing",
  EACCES: "socket_denied",
  EPERM: "socket_denied",
  EAGAIN: "listen_queue_full",
  ETIMEDOUT: "connect_timeout",
};

/** An attempt to connect that the system refused. */
export function connectError(error: NodeJS.ErrnoException, address: PeerAddress): UpstreamError {
  const code = error.code ?? "";
  const cause = CONNECT_CAUSES[code] ?? "connect_failed";
  const level = PEER_ERRORS.has(code) ? "error" : "crit";
  // `*_bind` names an address that this machine has not, or a port that is taken.
  if (error.syscall === "bind") return new UpstreamError("bind_failed", `bind() failed (${describeErrno(error)})`, "crit");
  const call = address.kind === "unix" ? `connect() to ${address.text}` : "connect()";
  const remedy = cause === "socket_denied" && address.kind === "unix" ? deniedRemedy(address.path) : UPSTREAM_CAUSES[cause].remedy;
  return new UpstreamError(cause, `${call} failed (${describeErrno(error)})`, level, remedy);
}

/** A connection that broke after it was made. */
export function brokenConnectionError(error: NodeJS.ErrnoException): UpstreamError {
  if (isOpensslError(error)) return new UpstreamError("connection_reset", `SSL_read() failed (${opensslText(error)})`);
  const isSending = error.syscall === "write" || error.code === "EPIPE";
  const call = isSending ? "writev()" : "recv()";
  return new UpstreamError(isSending ? "send_failed" : "connection_reset", `${call} failed (${describeErrno(error)})`);
}

function describeErrno(error: NodeJS.ErrnoException): string {
  const code = error.code ?? "";
  return `${Math.abs(error.errno ?? 0)}: ${TEXTS[code] ?? (code === "" ? error.message : code)}`;
}

/** Names what stands in the way: the socket's owner and mode against this process's user. */
function deniedRemedy(path: string): string {
  const who = `this process runs as uid ${process.geteuid?.() ?? "?"}`;
  try {
    const { uid, gid, mode } = statSync(Buffer.from(path, "latin1"));
    return `"${path}" belongs to uid ${uid}, gid ${gid}, mode ${(mode & 0o777).toString(8).padStart(4, "0")}; ${who}: change the socket's owner or mode (uWSGI: chmod-socket, chown-socket)`;
  } catch {
    // The directory above it may be what is closed to us: then there is no more to say.
    return `a directory above "${path}" may not be entered; ${who}`;
  }
}

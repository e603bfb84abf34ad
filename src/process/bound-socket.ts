/**
 * A socket that is bound and never accepts: the master process holds it, its workers listen on it. Node.js has no public way to bind without
 * accepting, so this is the one place that calls what node:cluster itself calls for that in its primary process.
 */

import type { SendHandle } from "node:child_process";
import { chmodSync, unlinkSync } from "node:fs";
import net from "node:net";
import type { BindAddress } from "../http/connection/listener.ts";
import { systemErrorOf } from "./system-error-of.ts";

export interface BoundSocket {
  /** As in the configuration: "127.0.0.1:80", "unix:/path". */
  readonly key: string;
  readonly fd: number;
  /** For ChildProcess.send(). */
  readonly handle: SendHandle;
  /** Closes it; the file of a UNIX socket is removed with `removeFile`, which is not for a socket that another program goes on serving. */
  readonly close: () => void;
  readonly removeFile: () => void;
}

/** A libuv handle; those of UNIX sockets have no name to ask for. */
interface SocketHandle {
  readonly fd: number;
  readonly close: () => void;
  readonly getsockname?: (out: { address?: string; port?: number; family?: string }) => number;
}

type CreateServerHandle = (
  address: string | null,
  port: number | null,
  family: 4 | 6 | -1 | null,
  fd?: number | null,
  flags?: number,
) => SocketHandle | number;

// The cast holds for Node.js 20 to 24: lib/internal/cluster/shared_handle.js calls it so.
const createServerHandle = (net as unknown as { readonly _createServerHandle: CreateServerHandle })._createServerHandle;

/** UV_TCP_IPV6ONLY of libuv's uv_tcp_bind(). */
const IPV6_ONLY = 1;
/** nginx: who may connect to a UNIX socket is up to its directory. */
const UNIX_SOCKET_MODE = 0o666;

/** Throws the system's error (EADDRINUSE, EACCES, EADDRNOTAVAIL). */
export function bindSocket(key: string, { host, port, path, ipv6Only }: BindAddress): BoundSocket {
  if (path !== undefined) {
    const name = Buffer.from(path, "latin1");
    const socket = own(key, createServerHandle(name.toString(), -1, -1), path);
    chmodSync(name, UNIX_SOCKET_MODE);
    return socket;
  }
  const family = host?.includes(":") === true ? 6 : 4;
  return own(key, createServerHandle(host ?? "0.0.0.0", port ?? 0, family, -1, ipv6Only ? IPV6_ONLY : 0), undefined);
}

/** Takes over a socket that this process was started with. Throws the system's error when `fd` is no socket. */
export function inheritSocket(key: string, fd: number, path: string | undefined): BoundSocket {
  return own(key, createServerHandle(null, null, null, fd), path);
}

function own(key: string, handle: SocketHandle | number, path: string | undefined): BoundSocket {
  if (typeof handle === "number") throw systemErrorOf(handle);
  // libuv keeps the error of a TCP bind() for the listen() that another process calls here: asking for the name tells it.
  const status = handle.getsockname?.({}) ?? 0;
  if (status < 0) {
    handle.close();
    throw systemErrorOf(status);
  }
  return {
    key,
    fd: handle.fd,
    // The cast holds for Node.js 20 to 24: node:cluster sends its handles so (lib/internal/child_process.js, "net.Native").
    handle: handle as unknown as SendHandle,
    close: () => handle.close(),
    removeFile: () => path !== undefined && removeFile(path),
  };
}

function removeFile(path: string): void {
  try {
    unlinkSync(Buffer.from(path, "latin1"));
  } catch (error) {
    // libuv has removed the file of a socket that this process bound itself.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

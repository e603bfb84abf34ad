/** Sockets that a process is started with: from systemd (sd_listen_fds(3)) or from a master that changes its program (nginx: NGINX=…). */

import { readFileSync, readlinkSync } from "node:fs";
import { SocketAddress } from "node:net";
import { type BoundSocket, inheritSocket } from "./bound-socket.ts";

/** Names and descriptors that a master hands to the program that is to follow it; taken out of the environment when read. */
const SOCKETS_ENV = "FOREGATE_SOCKETS";
/** SD_LISTEN_FDS_START */
const FIRST_FD = 3;

export interface InheritedSockets {
  readonly sockets: readonly BoundSocket[];
  /** "master": another one serves on them, too; "systemd": it keeps them; "nobody": there are none. */
  readonly from: "master" | "systemd" | "nobody";
}

/** Reads the environment once, at the start of a master. Throws the system's error when a descriptor is no socket. */
export function takeInheritedSockets(): InheritedSockets {
  const { [SOCKETS_ENV]: handed, LISTEN_PID: pid, LISTEN_FDS: count } = process.env;
  for (const name of [SOCKETS_ENV, "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) delete process.env[name];
  if (handed !== undefined) {
    // The cast holds because only inheritedSocketsEnvironment() writes the variable.
    const keys = JSON.parse(handed) as readonly string[];
    return { from: "master", sockets: keys.map((key, at) => inheritSocket(key, FIRST_FD + at, unixPathOf(key))) };
  }
  if (Number(pid) !== process.pid || !(Number(count) > 0)) return { from: "nobody", sockets: [] };
  const fds = Array.from({ length: Number(count) }, (_, at) => FIRST_FD + at);
  return { from: "systemd", sockets: fds.map((fd) => inheritSocket(keyOfSocket(fd), fd, undefined)) };
}

/** The environment of a program that gets sockets of these keys from descriptor 3 on. */
export function inheritedSocketsEnvironment(keys: readonly string[]): NodeJS.ProcessEnv {
  return { [SOCKETS_ENV]: JSON.stringify(keys) };
}

function unixPathOf(key: string): string | undefined {
  return key.startsWith("unix:") ? key.slice("unix:".length) : undefined;
}

/** Where a socket is bound, as a snapshot's keys have it, by Linux's tables (proc(5)); "" for one of another kind. */
function keyOfSocket(fd: number): string {
  const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
  if (inode === undefined) return "";
  const path = rowsOf("unix").find((row) => row[6] === inode)?.[7];
  if (path !== undefined) return `unix:${path}`;
  const ipv4 = rowsOf("tcp").find((row) => row[9] === inode)?.[1];
  if (ipv4 !== undefined) return renderIpv4(ipv4);
  const ipv6 = rowsOf("tcp6").find((row) => row[9] === inode)?.[1];
  return ipv6 === undefined ? "" : renderIpv6(ipv6);
}

function rowsOf(table: "unix" | "tcp" | "tcp6"): readonly (readonly string[])[] {
  return readFileSync(`/proc/self/net/${table}`, "latin1")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
}

/** "0100007F:1F90": the address is 32-bit words in the byte order of the machine, which for Node.js on Linux is mostly little. */
function renderIpv4(text: string): string {
  const [words = "", port = ""] = text.split(":");
  return `${bytesOf(words).join(".")}:${Number.parseInt(port, 16)}`;
}

function renderIpv6(text: string): string {
  const [words = "", port = ""] = text.split(":");
  const bytes = bytesOf(words);
  const groups = Array.from({ length: 8 }, (_, at) => (((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)).toString(16));
  const { address } = new SocketAddress({ address: groups.join(":"), family: "ipv6" });
  return `[${address}]:${Number.parseInt(port, 16)}`;
}

function bytesOf(words: string): readonly number[] {
  const bytes = Buffer.from(words, "hex");
  return [...(IS_LITTLE_ENDIAN ? bytes.swap32() : bytes)];
}

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

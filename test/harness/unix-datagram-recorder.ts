/** A datagram socket of the unix domain that keeps what it is sent: the syslog daemon of a machine, for tests. Python has such sockets, Node.js not. */

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { waitUntil } from "./wait-until.ts";

const PYTHON = "/usr/bin/python3";

/** Binds the path, says so with an empty line, and prints each datagram in hexadecimal until its standard input ends. */
const SCRIPT = `
import os, select, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("", flush=True)
while True:
    ready, _, _ = select.select([s, sys.stdin], [], [])
    if s in ready: print("+" + s.recv(1 << 20).hex(), flush=True)
    elif sys.stdin in ready: break
os.unlink(sys.argv[1])
`;

export interface UnixDatagramRecorder {
  readonly path: string;
  /** Datagrams as latin1 text, in the order in which they came. */
  readonly received: readonly string[];
  /** Resolves once that many have come. */
  receive(count: number): Promise<void>;
  /** Nothing is taken from the socket any more until it is continued. */
  pause(): void;
  resume(): void;
  /** The socket is gone from its path. */
  close(): Promise<void>;
}

/** The receiver, and logger(1), which foregate sends with. */
export function haveUnixDatagrams(): boolean {
  return existsSync(PYTHON) && spawnSync("logger", ["--version"], { encoding: "latin1" }).stdout?.includes("util-linux") === true;
}

export async function recordUnixDatagrams(path: string): Promise<UnixDatagramRecorder> {
  const child = spawn(PYTHON, ["-c", SCRIPT, path], { stdio: ["pipe", "pipe", "inherit"] });
  const exit = new Promise((resolve) => child.on("exit", resolve));
  let isBound = false;
  const received: string[] = [];
  createInterface(child.stdout).on("line", (line) => {
    if (line === "") isBound = true;
    else received.push(Buffer.from(line.slice(1), "hex").toString("latin1"));
  });
  const recorder: UnixDatagramRecorder = {
    path,
    received,
    receive: (count) => waitUntil(`${count} datagrams`, () => received.length >= count || undefined).then(() => undefined),
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    close: async () => {
      child.kill("SIGCONT");
      child.stdin.end();
      await exit;
    },
  };
  await waitUntil("the socket", () => isBound || undefined);
  return recorder;
}

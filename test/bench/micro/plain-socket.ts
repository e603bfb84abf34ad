/** CPU of a connection for each request over a unix socket: a new node:net socket each time, and those that src/upstream/plain-socket.ts uses again. */

import { fork } from "node:child_process";
import { rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectPlain, type SocketUser } from "../../../src/upstream/plain-socket.ts";

const path = join(tmpdir(), `plain-socket-${process.argv[2] ?? process.pid}.sock`);
const REQUEST = Buffer.alloc(300, "x");
const ANSWER = Buffer.alloc(1100, "y");
const AT_ONCE = 32;
const WARM_UP = 5000;
const MEASURED = 20_000;

/** Opens, asks, reads the answer, closes; `done` hears of each. */
type Exchange = (done: () => void) => void;

const buffer = Buffer.alloc(65_536);

function withNewSocket(done: () => void): void {
  const onread = {
    buffer,
    callback: (): boolean => {
      socket.destroy();
      done();
      return true;
    },
  };
  const socket = connect(Object.assign({ path }, { onread }));
  socket.on("connect", () => socket.write(REQUEST));
}

function withSocketUsedAgain(done: () => void): void {
  const user: SocketUser = {
    nextBuffer: () => buffer,
    opened: () => plain.socket.write(REQUEST),
    read: () => {
      plain.close();
      done();
      return true;
    },
    ended: () => undefined,
    drained: () => undefined,
    failed: (error) => {
      throw error;
    },
  };
  const plain = connectPlain(user, { path }, false);
}

function run(exchange: Exchange, times: number): Promise<void> {
  return new Promise((resolve) => {
    let begun = 0;
    let finished = 0;
    const next = (): void => {
      if (begun++ < times) exchange(done);
    };
    const done = (): void => {
      if (++finished === times) resolve();
      else next();
    };
    for (let at = 0; at < AT_ONCE; at++) next();
  });
}

async function measure(name: string, exchange: Exchange): Promise<void> {
  await run(exchange, WARM_UP);
  const before = process.cpuUsage();
  await run(exchange, MEASURED);
  const { user, system } = process.cpuUsage(before);
  console.log(`${name.padEnd(20)} ${((user + system) / MEASURED).toFixed(1)} µs`);
}

if (process.argv[2] === undefined) {
  // The server has a process of its own: its CPU does not count.
  const server = fork(process.argv[1] ?? "", [String(process.pid)], { execArgv: process.execArgv });
  await new Promise((resolve) => server.once("message", resolve));
  await measure("a new socket", withNewSocket);
  await measure("one used again", withSocketUsedAgain);
  server.kill();
} else {
  rmSync(path, { force: true });
  createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", () => socket.end(ANSWER));
  }).listen(path, () => process.send?.("listening"));
  process.on("disconnect", () => process.exit(0));
}

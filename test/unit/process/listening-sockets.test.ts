import { existsSync, statSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CompiledSocket } from "../../../src/boot/snapshot.ts";
import { ListeningSockets } from "../../../src/process/listening-sockets.ts";
import { createPrefix, removePrefix } from "../../harness/temporary-prefix.ts";
import { findFreePort } from "../../integration/free-port.ts";

let dir = "";
let sockets: ListeningSockets;
beforeEach(() => {
  dir = createPrefix();
  sockets = new ListeningSockets([]);
});
afterEach(() => {
  sockets.releaseAll();
  removePrefix(dir);
});

/** Only what binding reads of a socket. */
function socket(key: string, bind: Partial<CompiledSocket["bind"]>): CompiledSocket {
  const whole = { host: undefined, port: undefined, path: undefined, ipv6Only: true, backlog: 5, keepAliveDelayMs: undefined, ...bind };
  return { key, bind: whole } as CompiledSocket;
}

const tcp = (port: number, host = "127.0.0.1"): CompiledSocket => socket(`${host}:${port}`, { host, port });
const unix = (name: string): CompiledSocket => socket(`unix:${dir}/${name}`, { path: `${dir}/${name}` });

function descriptorOf(port: number): number | undefined {
  return sockets.all.find(({ key }) => key === `127.0.0.1:${port}`)?.fd;
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, "127.0.0.1", () => resolve(server));
  });
}

function outcome(port: number): Promise<string> {
  return new Promise((resolve) => {
    const client = connect(port, "127.0.0.1");
    client.once("connect", () => resolve("connected"));
    client.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
    client.once("connect", () => client.destroy());
  });
}

/** Of addresses that nobody has. */
function noWait(message: string): void {
  throw new Error(message);
}

describe("ListeningSockets", () => {
  test("refuses connections until somebody listens on a descriptor, and holds the queue when that one is gone", async () => {
    const port = await findFreePort();
    await sockets.open([tcp(port)], noWait);
    expect(await outcome(port)).toBe("ECONNREFUSED");
    const worker = createServer();
    const fd = descriptorOf(port);
    // A copy of the descriptor, as a child process would have one.
    await new Promise<void>((resolve) => worker.listen({ fd }, 5, resolve));
    expect(await outcome(port)).toBe("connected");
    await new Promise((resolve) => worker.close(resolve));
  });

  test("keeps what is open already, and closes what is not wanted any more", async () => {
    const [first, second] = [await findFreePort(), await findFreePort()];
    await sockets.open([tcp(first)], noWait);
    const fd = descriptorOf(first);
    await sockets.open([tcp(first), tcp(second)], noWait);
    expect(descriptorOf(first)).toBe(fd);
    sockets.keepOnly(new Set([`127.0.0.1:${second}`]));
    expect(sockets.keys).toEqual([`127.0.0.1:${second}`]);
  });

  test("tells of a taken address, and closes what it had opened before", async () => {
    const [free, taken] = [await findFreePort(), await findFreePort()];
    const other = await listen(taken);
    const waits: string[] = [];
    await expect(sockets.open([unix("a.sock"), tcp(free), tcp(taken)], (message) => waits.push(message))).rejects.toThrow(
      `bind() to 127.0.0.1:${taken} failed (98: Address already in use)`,
    );
    expect(waits).toHaveLength(4);
    expect(sockets.keys).toEqual([]);
    expect(existsSync(`${dir}/a.sock`)).toBe(false);
    other.close();
  });

  test("waits for an address that a worker is about to let go", async () => {
    const [free, taken] = [await findFreePort(), await findFreePort()];
    const worker = await listen(taken);
    const waits: string[] = [];
    await sockets.open([tcp(free), tcp(taken)], (message) => {
      waits.push(message);
      worker.close();
    });
    expect(waits).toEqual([`bind() to 127.0.0.1:${taken} failed (98: Address already in use), try again to bind() after 500ms`]);
    expect(sockets.keys).toEqual([`127.0.0.1:${free}`, `127.0.0.1:${taken}`]);
  });

  test.each([
    [
      "an address of another machine",
      () => tcp(1, "192.0.2.1"),
      /^bind\(\) to 192\.0\.2\.1:1 failed \(99: Cannot assign requested address\)$/,
    ],
    ["a UNIX socket in no directory", () => unix("none/a.sock"), /failed \(\d+: .*\)$/],
    ["a UNIX socket whose file is there", () => socket(`unix:${dir}`, { path: dir }), /failed \(98: Address already in use\)$/],
  ])("refuses %s in nginx's words", async (_name, make, message) => {
    await expect(sockets.open([make()], () => {})).rejects.toThrow(message);
  });

  test("makes a UNIX socket that everybody may connect to, and removes its file with it", async () => {
    await sockets.open([unix("a.sock")], noWait);
    expect(statSync(`${dir}/a.sock`).mode & 0o777).toBe(0o666);
    sockets.releaseAll();
    expect(existsSync(`${dir}/a.sock`)).toBe(false);
  });

  test("takes the addresses of names", async () => {
    const port = await findFreePort();
    await sockets.open([socket(`localhost:${port}`, { host: "localhost", port })], noWait);
    expect(sockets.keys).toEqual([`localhost:${port}`]);
  });
});

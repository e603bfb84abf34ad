import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectPlain, type PlainSocket, type SocketUser } from "../../../src/upstream/plain-socket.ts";
import { waitUntil } from "../../harness/wait-until.ts";

/** One connection, as somebody uses it: what it heard, in order. */
class Recorder implements SocketUser {
  readonly heard: string[] = [];
  private readonly buffer = Buffer.alloc(1024);
  private waiting: () => void = () => {};

  nextBuffer(): Buffer {
    return this.buffer;
  }
  opened(): void {
    this.hear("opened");
  }
  read(length: number, buffer: Uint8Array): boolean {
    this.hear(Buffer.from(buffer.subarray(0, length)).toString());
    return true;
  }
  ended(): void {
    this.hear("ended");
  }
  drained(): void {}
  failed(error: NodeJS.ErrnoException): void {
    this.hear(error.code ?? "failed");
  }

  async until(what: string): Promise<void> {
    while (!this.heard.includes(what)) await new Promise<void>((resolve) => (this.waiting = resolve));
  }

  private hear(what: string): void {
    this.heard.push(what);
    this.waiting();
  }
}

let server: Server;
let accepted: Socket[];
beforeEach(async () => {
  accepted = [];
  server = createServer((socket) => {
    accepted.push(socket);
    socket.on("error", () => {});
    socket.write(`answer ${accepted.length}`);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => {
  for (const socket of accepted) socket.destroy();
  server.close();
});

const place = () => ({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, autoSelectFamily: false }) as const;

async function close(plain: PlainSocket): Promise<void> {
  const closed = once(plain.socket, "close");
  plain.close();
  await closed;
}

describe("connectPlain()", () => {
  test("uses a closed socket again, for a connection of its own", async () => {
    const first = new Recorder();
    const former = connectPlain(first, place(), false);
    await first.until("answer 1");
    const formerPort = former.socket.localPort;
    await close(former);
    const second = new Recorder();
    const plain = connectPlain(second, place(), false);
    await second.until("answer 2");
    expect(plain.socket).toBe(former.socket);
    expect(plain.socket.localPort).not.toBe(formerPort);
    expect(plain.socket.bytesRead).toBe("answer 2".length);
    expect(first.heard).toEqual(["opened", "answer 1"]);
    expect(second.heard).toEqual(["opened", "answer 2"]);
    await close(plain);
  });

  test("never uses one that is still open, or closing", async () => {
    const [first, second] = [new Recorder(), new Recorder()];
    const open = connectPlain(first, place(), true);
    await first.until("opened");
    const closing = connectPlain(second, place(), true);
    await second.until("opened");
    closing.close();
    const third = new Recorder();
    const plain = connectPlain(third, place(), true);
    expect([open.socket, closing.socket]).not.toContain(plain.socket);
    await third.until("opened");
    await Promise.all([close(open), close(plain)]);
  });

  test("never takes probes where none are asked for", async () => {
    const first = new Recorder();
    const probed = connectPlain(first, place(), true);
    await first.until("opened");
    await close(probed);
    const second = new Recorder();
    const plain = connectPlain(second, place(), false);
    expect(plain.socket).not.toBe(probed.socket);
    await second.until("opened");
    await close(plain);
  });

  test.each<[string, (plain: PlainSocket, user: Recorder) => Promise<unknown> | undefined]>([
    ["was paused", async (plain) => plain.socket.pause()],
    [
      "was closed by its peer",
      async (_, user) => {
        accepted.at(-1)?.end();
        await user.until("ended");
      },
    ],
    ["has bytes to send", async (plain) => plain.socket.write(Buffer.alloc(16 * 1024 * 1024))],
  ])("never uses one that %s", async (_, spoil) => {
    const first = new Recorder();
    const spoilt = connectPlain(first, place(), false);
    await waitUntil("its peer", () => first.heard.some((what) => what.startsWith("answer")) || undefined);
    await spoil(spoilt, first);
    await close(spoilt);
    const second = new Recorder();
    const plain = connectPlain(second, place(), false);
    expect(plain.socket).not.toBe(spoilt.socket);
    await second.until("opened");
    await close(plain);
  });

  test("never uses one that could not connect", async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const first = new Recorder();
    const refused = connectPlain(first, { host: "127.0.0.1", port, autoSelectFamily: false }, false);
    await first.until("ECONNREFUSED");
    refused.close();
    const second = new Recorder();
    const plain = connectPlain(second, { host: "127.0.0.1", port, autoSelectFamily: false }, false);
    expect(plain.socket).not.toBe(refused.socket);
    await second.until("ECONNREFUSED");
    plain.close();
  });
});

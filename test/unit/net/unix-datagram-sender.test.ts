import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { UnixDatagramSender } from "../../../src/net/unix-datagram-sender.ts";
import { requireOracle } from "../../harness/oracle.ts";
import { recordUnixDatagrams } from "../../harness/unix-datagram-recorder.ts";
import { waitUntil } from "../../harness/wait-until.ts";

let folder: string;
let path: string;
let sender: UnixDatagramSender;
let losses: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "foregate-datagrams-"));
  path = join(folder, "s");
  losses = [];
  sender = new UnixDatagramSender(path, "host tag", (cause) => losses.push(cause));
});
afterEach(async () => {
  await sender.close();
  rmSync(folder, { recursive: true });
});

/** The processes that were told this socket's path. */
function loggers(): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    const file = `/proc/${pid}/cmdline`;
    try {
      return existsSync(file) && readFileSync(file, "latin1").startsWith("logger\0") && readFileSync(file, "latin1").includes(path);
    } catch (error) {
      // It ended between the two looks.
      if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
      throw error;
    }
  });
}

const HEAD = /^<\d+>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d host tag: /;

requireOracle("unix datagrams")("UnixDatagramSender", () => {
  it("sends in order, with the head of RFC 3164 and every byte of a line", async () => {
    const recorder = await recordUnixDatagrams(path);
    const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("");
    sender.send(190, "<13>first ");
    sender.send(29, `  ${bytes.replace("\n", "")}`);
    await recorder.receive(2);
    expect(recorder.received.every((datagram) => HEAD.test(datagram))).toBe(true);
    expect(recorder.received[0]).toMatch(/^<190>.* host tag: <13>first $/);
    expect(recorder.received[1]?.slice(0, 4)).toBe("<29>");
    expect(recorder.received[1]?.replace(HEAD, "")).toBe(`  ${bytes.replace("\n", "").replace("\0", "\\x00")}`);
    expect(loggers()).toHaveLength(1);
    expect(losses).toEqual([]);
    await recorder.close();
  });

  it("sends a line in one piece, however long", async () => {
    const recorder = await recordUnixDatagrams(path);
    sender.send(190, "x".repeat(100_000));
    await recorder.receive(1);
    expect(recorder.received[0]?.replace(HEAD, "")).toBe("x".repeat(100_000));
    await recorder.close();
  });

  it("makes a datagram of each part of a line with line ends in it", async () => {
    const recorder = await recordUnixDatagrams(path);
    sender.send(190, "a\n<13>b");
    await recorder.receive(2);
    expect(recorder.received.map((datagram) => [datagram.slice(0, 5), datagram.replace(HEAD, "")])).toEqual([
      ["<190>", "a"],
      ["<190>", "<13>b"],
    ]);
    await recorder.close();
  });

  it("starts nothing before its first line, and leaves nothing behind", async () => {
    const recorder = await recordUnixDatagrams(path);
    expect(loggers()).toEqual([]);
    for (let i = 0; i < 1000; i++) sender.send(190, String(i));
    sender.close();
    sender.send(190, "too late");
    await recorder.receive(1000);
    await waitUntil("the end of logger", () => loggers().length === 0 || undefined);
    expect(recorder.received.map((datagram) => datagram.replace(HEAD, ""))).toEqual(Array.from({ length: 1000 }, (_, at) => String(at)));
    await recorder.close();
  });

  it("tells once that there is no socket, and reaches one that comes", async () => {
    sender.send(190, "lost");
    await waitUntil("the loss", () => losses.length > 0 || undefined);
    for (let i = 0; i < 10; i++) sender.send(190, "lost");
    expect(losses).toEqual([`logger: socket ${path}: No such file or directory`]);
    const recorder = await recordUnixDatagrams(path);
    await waitUntil("a datagram", () => {
      sender.send(190, "found");
      return recorder.received.length > 0 || undefined;
    });
    await recorder.close();
  });

  it("goes on when the socket is another's now, as after a restart of the daemon", async () => {
    const former = await recordUnixDatagrams(path);
    sender.send(190, "a");
    await former.receive(1);
    await former.close();
    const later = await recordUnixDatagrams(path);
    sender.send(190, "b");
    await later.receive(1);
    expect(later.received[0]?.replace(HEAD, "")).toBe("b");
    expect(losses).toEqual([]);
    await later.close();
  });

  it("starts again when the program was killed", async () => {
    const recorder = await recordUnixDatagrams(path);
    sender.send(190, "a");
    await recorder.receive(1);
    const [first = 0] = loggers();
    process.kill(first, "SIGKILL");
    await waitUntil("the loss", () => losses.length > 0 || undefined);
    expect(losses).toEqual(["logger ended with SIGKILL"]);
    await waitUntil("a datagram", () => {
      sender.send(190, "b");
      return recorder.received.length > 1 || undefined;
    });
    expect(loggers()).not.toContain(first);
    await recorder.close();
  });

  it("gives up lines that a daemon at rest does not take, within bounds, and ends its program all the same", async () => {
    const recorder = await recordUnixDatagrams(path);
    sender.send(190, "first");
    await recorder.receive(1);
    recorder.pause();
    const line = "x".repeat(10_000);
    for (let i = 0; i < 300; i++) sender.send(190, line);
    expect(losses).toEqual(["too many lines wait to be sent"]);
    await sender.close();
    expect(loggers()).toEqual([]);
    await recorder.close();
  });
});

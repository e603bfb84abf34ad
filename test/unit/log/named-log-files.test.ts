import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LogFileCaching } from "../../../src/log/log-file.ts";
import { NamedLogFilesCache } from "../../../src/log/named-log-files.ts";

let folder: string;
let files: NamedLogFilesCache;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "foregate-named-logs-"));
});

afterEach(() => {
  files.closeAll();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

function create(caching?: Partial<LogFileCaching>): void {
  const whole = { max: 10, inactiveMs: 10_000, minUses: 1, validMs: 60_000, ...caching };
  files = new NamedLogFilesCache(caching === undefined ? undefined : whole, () => undefined);
}

function path(name: string): string {
  return join(folder, name);
}

/** Names of this test's files that the process holds open. */
function open(): string[] {
  const targets = readdirSync("/proc/self/fd").map((fd) => (existsSync(`/proc/self/fd/${fd}`) ? readlinkSync(`/proc/self/fd/${fd}`) : ""));
  return targets
    .filter((target) => target.startsWith(folder))
    .map((target) => target.slice(folder.length + 1))
    .sort();
}

async function write(...names: readonly string[]): Promise<void> {
  for (const name of names) files.write(path(name), `${name}\n`);
  await turn();
}

describe("log files named by requests", () => {
  it("are closed behind their turn without a cache", async () => {
    create();
    files.write(path("a"), "1\n");
    files.write(path("b"), "1\n");
    files.write(path("a"), "2\n");
    expect(open()).toEqual(["a", "b"]);
    await turn();
    expect([open(), readFileSync(path("a"), "latin1"), readFileSync(path("b"), "latin1")]).toEqual([[], "1\n2\n", "1\n"]);
  });

  it("are never more than 64 in a turn without a cache", () => {
    create();
    for (let i = 0; i < 65; i++) files.write(path(String(i)), "x\n");
    expect(open().length).toBe(64);
    expect(readFileSync(path("0"), "latin1")).toBe("x\n");
  });

  it("stay open in a cache up to its size, the latest used", async () => {
    create({ max: 2 });
    await write("a", "b", "a", "c");
    expect([open(), readFileSync(path("b"), "latin1")]).toEqual([["a", "c"], "b\n"]);
  });

  it("stay open from min_uses on", async () => {
    create({ minUses: 2 });
    await write("a");
    expect(open()).toEqual([]);
    await write("a");
    expect([open(), readFileSync(path("a"), "latin1")]).toEqual([["a"], "a\na\n"]);
  });

  it("are closed by a later write when unused for longer than inactive=", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    create({ inactiveMs: 1000 });
    await write("a");
    vi.advanceTimersByTime(1000);
    await write("b");
    expect(open()).toEqual(["a", "b"]);
    vi.advanceTimersByTime(1);
    await write("c");
    expect(open()).toEqual(["b", "c"]);
  });

  it("are looked up again after valid=", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    create({ validMs: 1000 });
    await write("a");
    renameSync(path("a"), path("moved"));
    vi.advanceTimersByTime(1000);
    await write("a");
    expect(existsSync(path("a"))).toBe(false);
    vi.advanceTimersByTime(1);
    await write("a");
    expect([readFileSync(path("moved"), "latin1"), readFileSync(path("a"), "latin1")]).toEqual(["a\na\n", "a\n"]);
  });

  it("are opened anew after closeAll(), with what was held written", async () => {
    create({});
    files.write(path("a"), "1\n");
    renameSync(path("a"), path("moved"));
    files.closeAll();
    await write("a");
    expect([readFileSync(path("moved"), "latin1"), readFileSync(path("a"), "latin1"), open()]).toEqual(["1\n", "a\n", ["a"]]);
  });

  it("that cannot be opened throw the system's error, each time", () => {
    create({});
    for (let i = 0; i < 2; i++) {
      expect(() => files.write(path("none/a"), "x\n")).toThrow(expect.objectContaining({ code: "ENOENT" }));
    }
  });
});

import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLogFiles } from "../../../src/log/create-log-files.ts";
import type { LogFiles } from "../../../src/log/log-file.ts";
import { recordUdp } from "../../harness/udp-recorder.ts";
import { waitUntil } from "../../harness/wait-until.ts";

let folder: string;
let path: string;
let files: LogFiles;
let alerts: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "foregate-log-file-"));
  path = join(folder, "access.log");
  alerts = [];
  files = createLogFiles((level, message) => alerts.push(`[${level}] ${message}`));
});

afterEach(() => {
  files.close();
  rmSync(folder, { recursive: true });
});

function content(of = path): string {
  return readFileSync(of, "latin1");
}

describe("createLogFiles()", () => {
  it("writes the lines of a turn together when it ends", async () => {
    const file = files.open(path);
    file.write("a\n");
    file.write("b\xff\n");
    expect(content()).toBe("");
    await turn();
    expect(content()).toBe("a\nb\xff\n");
  });

  it("gives one writer for a path", () => {
    expect(files.open(path)).toBe(files.open(path));
  });

  it("writes within a turn what gets too long to hold", () => {
    const file = files.open(path);
    const line = `${"x".repeat(1023)}\n`;
    for (let i = 0; i < 65; i++) file.write(line);
    expect(content().length).toBe(64 * 1024);
    file.flush();
    expect(content().length).toBe(65 * 1024);
  });

  it("holds lines until the buffer is full, as nginx does", async () => {
    const file = files.open(path, { bytesMax: 8, flushMs: 60_000, gzipLevel: 0 });
    file.write("123\n");
    file.write("567\n");
    await turn();
    expect(content()).toBe("");
    file.write("9\n");
    expect(content()).toBe("123\n567\n");
    file.write("longer than the buffer\n");
    expect(content()).toBe("123\n567\n9\nlonger than the buffer\n");
  });

  it("writes a buffered line after its flush time", () => {
    vi.useFakeTimers();
    try {
      const file = files.open(path, { bytesMax: 1000, flushMs: 5000, gzipLevel: 0 });
      file.write("a\n");
      vi.advanceTimersByTime(4999);
      expect(content()).toBe("");
      vi.advanceTimersByTime(1);
      expect(content()).toBe("a\n");
    } finally {
      vi.useRealTimers();
    }
  });

  it("writes a buffered line within a second where no flush time is given", () => {
    vi.useFakeTimers();
    try {
      files.open(path, { bytesMax: 1000, flushMs: 0, gzipLevel: 0 }).write("a\n");
      vi.advanceTimersByTime(1000);
      expect(content()).toBe("a\n");
    } finally {
      vi.useRealTimers();
    }
  });

  it("takes as many lines as a buffer greater than the backlog holds", () => {
    const file = files.open(path, { bytesMax: 2 * 1024 * 1024, flushMs: 60_000, gzipLevel: 0 });
    const line = `${"x".repeat(1023)}\n`;
    for (let i = 0; i < 2048; i++) file.write(line);
    expect([content(), alerts]).toEqual(["", []]);
    file.flush();
    expect(content().length).toBe(2 * 1024 * 1024);
  });

  it("compresses each buffer into a member of its own, also behind reopen()", () => {
    const file = files.open(path, { bytesMax: 8, flushMs: 0, gzipLevel: 9 });
    for (const line of ["1234567\n", "a\n", "b\xff\n", "longer than the buffer\n"]) file.write(line);
    expect(gunzipSync(readFileSync(path)).toString("latin1")).toBe("1234567\na\nb\xff\nlonger than the buffer\n");
    file.write("c\n");
    expect(files.reopen()).toEqual([]);
    file.write("d\n");
    file.flush();
    file.flush();
    expect(gunzipSync(readFileSync(path)).toString("latin1")).toBe("1234567\na\nb\xff\nlonger than the buffer\nc\nd\n");
  });

  it("holds lines that are to be compressed until the buffer is full where no flush time is given", () => {
    vi.useFakeTimers();
    try {
      files.open(path, { bytesMax: 1000, flushMs: 0, gzipLevel: 1 }).write("a\n");
      vi.advanceTimersByTime(60_000);
      expect(content()).toBe("");
    } finally {
      vi.useRealTimers();
    }
  });

  it("writes everything out on close", () => {
    files.open(path, { bytesMax: 1000, flushMs: 60_000, gzipLevel: 0 }).write("a\n");
    files.close();
    expect(content()).toBe("a\n");
  });

  it("reopen() writes to the old file what was held, and to a new one what follows", async () => {
    const file = files.open(path, { bytesMax: 1000, flushMs: 60_000, gzipLevel: 0 });
    file.write("old\n");
    renameSync(path, join(folder, "access.log.1"));
    expect(files.reopen()).toEqual([]);
    file.write("new\n");
    file.flush();
    await turn();
    expect([content(join(folder, "access.log.1")), content()]).toEqual(["old\n", "new\n"]);
  });

  it("reopen() keeps the former file where the path cannot be opened, and says so", () => {
    const inner = join(folder, "d");
    mkdirSync(inner);
    const file = files.open(join(inner, "a.log"));
    renameSync(inner, join(folder, "moved"));
    expect(files.reopen()).toEqual([expect.objectContaining({ code: "ENOENT" })]);
    file.write("kept\n");
    file.flush();
    expect(content(join(folder, "moved", "a.log"))).toBe("kept\n");
  });

  it("throws the system's error for a path that cannot be opened", () => {
    expect(() => files.open(join(folder, "none", "a.log"))).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });

  it("loses lines while the disk is full, with one alert a second", async () => {
    const file = files.open("/dev/full");
    for (let i = 0; i < 10; i++) {
      file.write("a\n");
      await turn();
    }
    expect(alerts).toEqual(['[alert] write() to "/dev/full" failed (28: No space left on device)']);
  });

  it("sends lines to syslog at once, with the head that is asked for", async () => {
    const recorder = await recordUdp();
    const target = {
      server: { kind: "inet", host: "127.0.0.1", port: recorder.port },
      facility: 23,
      severity: 6,
      tag: "t",
      omitsHostname: true,
    } as const;
    files.openSyslog(target).write("a\xff\n");
    await recorder.receive(1);
    expect(recorder.received[0]).toMatch(/^<190>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d t: a\xff$/);
    await recorder.close();
  });

  it("tells at [error] of a syslog server that cannot be reached", async () => {
    const recorder = await recordUdp();
    await recorder.close();
    const target = {
      server: { kind: "inet", host: "127.0.0.1", port: recorder.port },
      facility: 23,
      severity: 6,
      tag: "t",
      omitsHostname: true,
    } as const;
    const log = files.openSyslog(target);
    await waitUntil("the loss", () => {
      log.write("a\n");
      return alerts.length > 0 || undefined;
    });
    expect(alerts).toEqual([`[error] send() to syslog server "127.0.0.1:${recorder.port}" failed (111: Connection refused)`]);
  });

  it("loses and reorders nothing, however lines are buffered, compressed and reopened", () => {
    let runs = 0;
    const step = fc.oneof(fc.stringMatching(/^[ -~]{0,40}$/), fc.constantFrom("flush" as const, "reopen" as const));
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 9 }), (steps, bytesMax, gzipLevel) => {
        const name = join(folder, `run-${runs++}`);
        const file = files.open(name, { bytesMax, flushMs: 60_000, gzipLevel });
        for (const each of steps) {
          if (each === "flush") file.flush();
          else if (each === "reopen") files.reopen();
          else file.write(`${each}\n`);
        }
        file.flush();
        const bytes = readFileSync(name);
        const text = gzipLevel > 0 && bytes.length > 0 ? gunzipSync(bytes).toString("latin1") : bytes.toString("latin1");
        expect(text).toBe(steps.map((each) => (each === "flush" || each === "reopen" ? "" : `${each}\n`)).join(""));
      }),
      { numRuns: 60 },
    );
  });

  it("goes over to another buffering when the configuration does", async () => {
    const file = files.open(path, { bytesMax: 1000, flushMs: 60_000, gzipLevel: 0 });
    file.write("a\n");
    files.open(path);
    expect(content()).toBe("a\n");
    file.write("b\n");
    await turn();
    expect(content()).toBe("a\nb\n");
  });
});

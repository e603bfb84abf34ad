import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createErrorLogs, type ErrorLogs } from "../../../src/log/create-error-logs.ts";
import { recordUdp } from "../../harness/udp-recorder.ts";
import { waitUntil } from "../../harness/wait-until.ts";

let folder: string;
let logs: ErrorLogs;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "foregate-error-log-"));
  logs = createErrorLogs();
});

afterEach(() => {
  logs.close();
  rmSync(folder, { recursive: true });
});

function read(name: string): string {
  return readFileSync(join(folder, name), "latin1");
}

describe("createErrorLogs()", () => {
  it("writes a line before write() returns", () => {
    const log = logs.open([{ path: join(folder, "e.log"), level: "error", format: "text" }]);
    log.write("error", 3, "broken\xe9", { client: "::1" });
    expect(read("e.log")).toMatch(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[error\] (\d+)#\1: \*3 broken\xe9, client: ::1\n$/);
  });

  it("leaves out what is more talkative than its level", () => {
    const log = logs.open([{ path: join(folder, "e.log"), level: "warn", format: "text" }]);
    log.write("notice", 1, "left out");
    log.write("warn", 1, "written");
    expect([log.isOn("notice"), log.isOn("warn"), log.isOn("emerg")]).toEqual([false, true, true]);
    expect(read("e.log")).toMatch(/^[^\n]*written\n$/);
  });

  it("writes to several targets, each by its own level", () => {
    const log = logs.open([
      { path: join(folder, "a.log"), level: "error", format: "text" },
      { path: join(folder, "b.log"), level: "debug", format: "text" },
    ]);
    log.write("debug", undefined, "detail");
    expect([log.isOn("debug"), read("a.log"), read("b.log")]).toEqual([true, "", expect.stringContaining("[debug]")]);
  });

  it("writes JSON with the same facts", () => {
    const log = logs.open([{ path: join(folder, "e.json"), level: "info", format: "json" }]);
    log.write("info", 9, 'client "\xc3\xa9"', { request: "GET /\n HTTP/1.1", upstream: undefined, attempts: 2 });
    const line = JSON.parse(readFileSync(join(folder, "e.json"), "utf8")) as unknown;
    expect(line).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      pid: process.pid,
      connection: 9,
      message: 'client "é"',
      request: "GET /\\x0A HTTP/1.1",
      attempts: 2,
    });
  });

  it("sends a line to a syslog server by its own severity, without its line end", async () => {
    const recorder = await recordUdp();
    const syslog = {
      server: { kind: "inet", host: "127.0.0.1", port: recorder.port },
      facility: 1,
      severity: 6,
      tag: "t",
      omitsHostname: true,
    } as const;
    const log = logs.open([
      { path: "syslog:text", level: "warn", format: "text", syslog },
      { path: "syslog:json", level: "error", format: "json", syslog },
    ]);
    log.write("info", 1, "left out");
    log.write("crit", 1, "a\nb");
    await recorder.receive(2);
    expect(recorder.received[0]).toMatch(/^<10>\w{3} [ \d]\d [\d:]{8} t: \d{4}\/[^\n]* \[crit\] \d+#\d+: \*1 a\\x0Ab$/);
    expect(recorder.received[1]).toMatch(/^<10>\w{3} [ \d]\d [\d:]{8} t: \{"level":"crit",[^\n]*\}$/);
    await recorder.close();
  });

  it("tells a file beside it when a syslog server cannot be reached", async () => {
    const recorder = await recordUdp();
    await recorder.close();
    const syslog = {
      server: { kind: "inet", host: "127.0.0.1", port: recorder.port },
      facility: 1,
      severity: 6,
      tag: "t",
      omitsHostname: true,
    } as const;
    const log = logs.open([
      { path: "syslog:a", level: "warn", format: "text", syslog },
      { path: join(folder, "e.log"), level: "error", format: "text" },
    ]);
    await waitUntil("the loss in the file", () => {
      log.write("warn", undefined, "lost");
      return read("e.log") !== "" || undefined;
    });
    expect(read("e.log")).toMatch(
      /^[^\n]*\[error\] \d+#\d+: send\(\) to syslog server "127\.0\.0\.1:\d+" failed \(111: Connection refused\)\n$/,
    );
  });

  it("gives the same log for the same targets", () => {
    const target = { path: join(folder, "e.log"), level: "error", format: "text" } as const;
    expect(logs.open([target])).toBe(logs.open([{ ...target }]));
  });

  it("throws the system's error for a path that cannot be opened", () => {
    const target = { path: join(folder, "none", "e.log"), level: "error", format: "text" } as const;
    expect(() => logs.open([target])).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });

  it("reopens a renamed file under its old path, and appends to what is there", () => {
    const log = logs.open([{ path: join(folder, "e.log"), level: "error", format: "text" }]);
    log.write("error", undefined, "first");
    renameSync(join(folder, "e.log"), join(folder, "e.log.1"));
    log.write("error", undefined, "second");
    writeFileSync(join(folder, "e.log"), "there\n");
    expect(logs.reopen()).toEqual([]);
    log.write("error", undefined, "third");
    expect(read("e.log.1")).toMatch(/first\n.*second\n$/);
    expect(read("e.log")).toMatch(/^there\n[^\n]*third\n$/);
  });

  it("goes on with the former file when its path cannot be opened again", () => {
    const path = join(folder, "d", "e.log");
    const inner = join(folder, "d");
    mkdirSync(inner);
    const log = logs.open([{ path, level: "error", format: "text" }]);
    renameSync(inner, join(folder, "moved"));
    expect(logs.reopen()).toEqual([expect.objectContaining({ code: "ENOENT" })]);
    log.write("error", undefined, "still here");
    expect(read("moved/e.log")).toContain("still here");
  });

  it("goes on when the disk is full", () => {
    const log = logs.open([
      { path: "/dev/full", level: "error", format: "text" },
      { path: join(folder, "e.log"), level: "error", format: "text" },
    ]);
    for (let i = 0; i < 100; i++) log.write("error", undefined, "x".repeat(1000));
    expect(statSync(join(folder, "e.log")).size).toBeGreaterThan(100_000);
  });
});

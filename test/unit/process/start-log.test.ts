import { describe, expect, test } from "vitest";
import { createSource } from "../../../src/config/source.ts";
import type { ErrorLog } from "../../../src/log/error-log.ts";
import { createStartLog } from "../../../src/process/start-log.ts";

function recorder(): { printed: string[]; logged: string[]; log: ErrorLog } {
  const logged: string[] = [];
  const log: ErrorLog = { isOn: () => true, write: (level, _connection, message) => void logged.push(`[${level}] ${message}`) };
  return { printed: [], logged, log };
}

describe("createStartLog()", () => {
  test("prints from [warn] on and logs everything", () => {
    const { printed, logged, log } = recorder();
    const startLog = createStartLog((line) => void printed.push(line), log);
    startLog.report("emerg", "no");
    startLog.report("warn", "hm");
    startLog.report("notice", "well");
    expect(printed).toEqual(["foregate: [emerg] no", "foregate: [warn] hm"]);
    expect(logged).toEqual(["[emerg] no", "[warn] hm", "[notice] well"]);
  });

  test("prints a diagnostic with its code frame and logs it in one line", () => {
    const { printed, logged, log } = recorder();
    const source = createSource("x.conf", "events {}\nfoo;\n");
    const diagnostic = {
      level: "emerg",
      code: "unknown",
      message: 'unknown directive "foo"',
      span: { source, start: 10, end: 13 },
    } as const;
    createStartLog((line) => void printed.push(line), log).reportDiagnostic(diagnostic);
    expect(printed.join("\n")).toMatch(/^foregate: \[emerg\] unknown directive "foo" in x\.conf:2\n[\s\S]*\^\^\^/);
    expect(logged).toEqual(['[emerg] unknown directive "foo" in x.conf:2']);
  });

  test("prints bytes as the text they are and nothing that steers a terminal", () => {
    const printed: string[] = [];
    createStartLog((line) => void printed.push(line), undefined).report("emerg", 'open() "/\xc3\xb6\x1b[2J" failed');
    expect(printed).toEqual(['foregate: [emerg] open() "/ö\ufffd[2J" failed']);
  });
});

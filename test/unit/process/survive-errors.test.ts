import { describe, expect, test } from "vitest";
import type { ErrorLog } from "../../../src/log/error-log.ts";
import { surviveErrors } from "../../../src/process/survive-errors.ts";

/** Installs the listeners, hands them out and takes them off again: the test runner has its own. */
function listenersOf(log: ErrorLog): readonly ((error: unknown) => void)[] {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => process.listeners(event as "uncaughtException"));
  surviveErrors(log);
  return events.map((event, index) => {
    const added = process.listeners(event as "uncaughtException").filter((listener) => !before[index]?.includes(listener));
    expect(added).toHaveLength(1);
    const [listener] = added;
    if (listener === undefined) throw new Error("Cannot find the listener");
    process.off(event, listener);
    return listener as (error: unknown) => void;
  });
}

describe("surviveErrors()", () => {
  test("logs at [alert] what nobody caught, with its stack", () => {
    const lines: string[] = [];
    const log: ErrorLog = { isOn: () => true, write: (level, _connection, message) => void lines.push(`[${level}] ${message}`) };
    const [onException, onRejection] = listenersOf(log);
    onException?.(new TypeError("lost"));
    onRejection?.("a word");
    expect(lines[0]).toMatch(/^\[alert\] uncaught exception: TypeError: lost\n\s+at /);
    expect(lines[1]).toBe("[alert] unhandled rejection: a word");
  });

  test("bears a log that throws", () => {
    const log: ErrorLog = {
      isOn: () => true,
      write: () => {
        throw new Error("no space left");
      },
    };
    for (const listener of listenersOf(log)) expect(() => listener(new Error("lost"))).not.toThrow();
  });
});

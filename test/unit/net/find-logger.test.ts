import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findLogger, loggerEnvironment } from "../../../src/net/find-logger.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "foregate-logger-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function findWhereItSays(version: string): string {
  writeFileSync(join(folder, "logger"), `#!/bin/sh\necho '${version}'\n`);
  chmodSync(join(folder, "logger"), 0o755);
  return findLogger({ PATH: folder });
}

describe("findLogger()", () => {
  it.each(["logger from util-linux 2.26", "logger from util-linux 2.38.1", "logger from util-linux 3.0-rc1"])("takes %s", (version) => {
    expect(findWhereItSays(version)).toBe("logger");
  });

  it.each(["logger from util-linux 2.25.2", "logger from util-linux 1.99", "logger (GNU inetutils) 2.4", ""])("refuses %j", (version) => {
    expect(() => findWhereItSays(version)).toThrow(
      /^unix domain sockets need the program logger of util-linux 2\.26 or later \(Debian: bsdutils\)/,
    );
  });

  it("refuses a machine without one", () => {
    expect(() => findLogger({ PATH: folder })).toThrow("need the program logger");
  });
});

describe("loggerEnvironment()", () => {
  it("passes on the path and the time zone alone", () => {
    expect(loggerEnvironment({ PATH: "/p", TZ: "Asia/Tokyo", SECRET: "s" })).toEqual({ PATH: "/p", TZ: "Asia/Tokyo", LC_ALL: "C" });
    expect(loggerEnvironment({})).toEqual({ PATH: "/usr/bin:/bin", LC_ALL: "C" });
  });
});

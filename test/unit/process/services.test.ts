import { readFileSync, renameSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createServices } from "../../../src/process/services.ts";
import { createPrefix, removePrefix } from "../../harness/temporary-prefix.ts";

let dir = "";
beforeEach(() => {
  dir = createPrefix();
});
afterEach(() => removePrefix(dir));

describe("createServices()", () => {
  test("makes a shared value once, undefined too", () => {
    const services = createServices();
    let made = 0;
    const make = (): undefined => {
      made++;
    };
    services.shared("a", make);
    services.shared("a", make);
    services.shared("b", make);
    expect(made).toBe(2);
    services.release();
  });

  test("releases the last first, all of them though one fails, and tells of that one", () => {
    const services = createServices();
    services.log.use(services.errorLogs.open([{ path: `${dir}/e.log`, level: "alert", format: "text" }]));
    const released: string[] = [];
    services.onExit(() => void released.push("first"));
    services.onExit(() => {
      throw new Error("cannot let go");
    });
    services.onExit(() => void released.push("last"));
    services.release();
    services.release();
    expect(released).toEqual(["last", "first"]);
    expect(readFileSync(`${dir}/e.log`, "latin1")).toMatch(/\[alert\] .*cannot let go/);
  });

  test("opens moved log files again", () => {
    const services = createServices();
    services.log.use(services.errorLogs.open([{ path: `${dir}/e.log`, level: "info", format: "text" }]));
    const access = services.logFiles.open(`${dir}/a.log`);
    services.log.write("info", undefined, "before");
    access.write("before\n");
    access.flush();
    renameSync(`${dir}/e.log`, `${dir}/e.log.1`);
    renameSync(`${dir}/a.log`, `${dir}/a.log.1`);
    services.reopenLogs();
    services.log.write("info", undefined, "after");
    access.write("after\n");
    services.release();
    expect(readFileSync(`${dir}/a.log`, "latin1")).toBe("after\n");
    expect(readFileSync(`${dir}/a.log.1`, "latin1")).toBe("before\n");
    expect(readFileSync(`${dir}/e.log`, "latin1")).toMatch(/after\n$/);
    expect(readFileSync(`${dir}/e.log.1`, "latin1")).toMatch(/before\n$/);
  });
});

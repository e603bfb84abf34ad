/** What the program prints and where it keeps things, where nginx has no like or another answer. */

import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { runForegate } from "./run-program.ts";

let dir = "";
beforeAll(() => {
  dir = createPrefix({
    "logs/": "",
    "ok.conf": "events {}\nhttp { access_log off; server { listen 127.0.0.1:1; } }\n",
    "ignored.conf": "events {}\nhttp { sendfile on; access_log off; server { listen 127.0.0.1:1; } }\n",
    "wrong.conf": "events {}\nhttp { access_log off;\n  server { lissten 80; }\n  server { listen 127.0.0.1:1; rot /x; }\n}\n",
  });
});
afterAll(() => removePrefix(dir));

describe("foregate -V", () => {
  const lines = (): readonly string[] => runForegate(["-V"], dir).stderr.split("\n");

  test("names itself first, then the nginx it follows", () => {
    expect(lines()[0]).toMatch(/^foregate version: foregate\/\d+\.\d+\.\d+$/);
    expect(lines()[1]).toMatch(/^nginx version: nginx\/1\.\d+\.\d+$/);
    expect(lines()[2]).toMatch(/^built with OpenSSL \d+\.\d+\.\d+/);
  });

  test("lists configure arguments without any path", () => {
    const listed = lines().find((line) => line.startsWith("configure arguments: "));
    expect(listed).toMatch(/^configure arguments:( --with(out)?-[a-z0-9_-]+)+$/);
  });
});

describe("foregate -h", () => {
  test("shows every flag on stderr and exits with 0", () => {
    const { code, stderr, stdout } = runForegate(["-h"], dir);
    for (const flag of ["-?,-h", "-v", "-V", "-t", "-T", "-q", "-s", "-p", "-e", "-c", "-g"]) expect(stderr).toContain(`\n  ${flag} `);
    expect([code, stdout]).toEqual([0, ""]);
    expect(runForegate(["-?"], dir).stderr).toBe(stderr);
  });
});

describe("foregate -t", () => {
  test("tells of all mistakes in one run, each with its code", () => {
    const { code, stderr } = runForegate(["-t", "-p", dir, "-c", "wrong.conf"], dir);
    expect(code).toBe(1);
    expect(stderr).toContain(`foregate: [emerg] unknown directive "lissten" in ${dir}/wrong.conf:3\n`);
    expect(stderr).toContain('did you mean "listen"?');
    expect(stderr).toContain(`foregate: [emerg] unknown directive "rot" in ${dir}/wrong.conf:4\n`);
    expect(stderr.match(/\| +\^+/g)).toHaveLength(2);
  });

  test("lists what has no effect, a line each, unless told to be quiet", () => {
    const told = runForegate(["-t", "-p", dir, "-c", "ignored.conf"], dir);
    expect(told.code).toBe(0);
    expect(told.stderr).toMatch(/^foregate: \[notice\] "sendfile" directive has no effect in .*ignored\.conf:2: /m);
    expect(runForegate(["-tq", "-p", dir, "-c", "ignored.conf"], dir).stderr).toBe("");
  });

  test("tests what ships with the package", () => {
    expect(runForegate(["-t"], dir).stderr).toMatch(/conf\/foregate\.conf test is successful\n$/);
  });

  test("writes a mistake into the log of -e in nginx's form", () => {
    runForegate(["-t", "-p", dir, "-c", "wrong.conf", "-e", "logs/e.log"], dir);
    expect(readFileSync(`${dir}/logs/e.log`, "latin1")).toMatch(
      /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[emerg\] (\d+)#\1: unknown directive "lissten" in .*wrong\.conf:3\n/,
    );
  });

  test("goes on without a log that cannot be opened, and says so", () => {
    const { stderr } = runForegate(["-t", "-p", dir, "-c", "wrong.conf", "-e", "none/e.log"], dir);
    expect(stderr).toContain(
      `foregate: [alert] could not open error log file: open() "${dir}/none/e.log" failed (2: No such file or directory)\n`,
    );
    expect(stderr).toContain("test failed");
  });

  test("leaves no pid file and no directory behind", () => {
    runForegate(["-t", "-p", dir, "-c", "ok.conf"], dir);
    expect(existsSync(`${dir}/logs/foregate.pid`)).toBe(false);
    expect(existsSync(`${dir}/client_body_temp`)).toBe(false);
  });
});

describe("foregate explain", () => {
  test("shows its own usage on stdout", () => {
    const { code, stdout } = runForegate(["explain", "-h"], dir);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: foregate explain /);
  });

  test("refuses a command line without a URL", () => {
    expect(runForegate(["explain"], dir)).toEqual({ code: 1, stdout: "", stderr: "foregate: explain requires a URL\n" });
  });
});

/** How a start succeeds and fails: addresses that are taken, and the daemon that a start leaves behind. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ServerProcess } from "../harness/server-process.ts";
import { FOREGATE_PATH } from "../harness/start-foregate.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { isAlive } from "./is-alive.ts";
import { runForegate } from "./run-program.ts";

describe("a taken address", () => {
  let dir = "";
  let taken: Server;
  beforeEach(async () => {
    dir = createPrefix({ "logs/": "" });
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    taken.close();
    removePrefix(dir);
  });

  test.each(["on", "off"])("ends the start with nginx's message, daemon %s", (daemon) => {
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    writeFileSync(`${dir}/taken.conf`, `daemon ${daemon};\nevents {}\nhttp { access_log off; server { listen 127.0.0.1:${port}; } }\n`);
    const { code, stderr } = runForegate(["-p", dir, "-c", "taken.conf"], dir);
    expect(stderr).toContain(`foregate: [emerg] bind() to 127.0.0.1:${port} failed (98: Address already in use)\n`);
    expect(code).toBe(1);
    expect(existsSync(`${dir}/logs/foregate.pid`)).toBe(false);
  });
});

describe("an address about to be free", () => {
  test("is waited for", async () => {
    const dir = createPrefix({ "logs/": "" });
    const predecessor = createServer();
    await new Promise<void>((resolve) => predecessor.listen(0, "127.0.0.1", resolve));
    const address = predecessor.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    writeFileSync(`${dir}/x.conf`, `daemon off;\nevents {}\nhttp { access_log off; server { listen 127.0.0.1:${port}; } }\n`);
    const child = new ServerProcess(process.execPath, [FOREGATE_PATH, "-p", dir, "-c", "x.conf"], { cwd: dir });
    try {
      await waitUntil("the first try", () => {
        const log = existsSync(`${dir}/logs/error.log`) ? readFileSync(`${dir}/logs/error.log`, "latin1") : "";
        return log.includes("try again to bind()") ? true : undefined;
      });
      predecessor.close();
      await waitUntil("the pid file", () => (existsSync(`${dir}/logs/foregate.pid`) ? true : undefined));
    } finally {
      predecessor.close();
      await child.stop("SIGTERM");
      removePrefix(dir);
    }
  });
});

describe("daemon on", () => {
  test("returns once another process listens, which -s quit ends", async () => {
    const dir = createPrefix({ "logs/": "" });
    try {
      const socket = `${dir}/listen.sock`;
      writeFileSync(
        `${dir}/d.conf`,
        `events {}\nerror_log logs/error.log notice;\nhttp { access_log off; server { listen unix:${socket}; return 200 x; } }\n`,
      );
      expect(runForegate(["-p", dir, "-c", "d.conf"], dir)).toEqual({ code: 0, stdout: "", stderr: "" });
      const pid = Number(readFileSync(`${dir}/logs/foregate.pid`, "latin1"));
      expect(existsSync(socket)).toBe(true);
      process.kill(pid, 0);
      expect(runForegate(["-p", dir, "-c", "d.conf", "-s", "quit"], dir).code).toBe(0);
      await waitUntil("the daemon's end", () => (isAlive(pid) ? undefined : true));
      expect(existsSync(`${dir}/logs/foregate.pid`)).toBe(false);
      expect(existsSync(socket)).toBe(false);
      expect(readFileSync(`${dir}/logs/error.log`, "latin1")).toMatch(
        /gracefully shutting down\n.*exit\n.*SIGCHLD.*\n.*worker process \d+ exited with code 0\n.*\[notice\] .*exit\n$/,
      );
    } finally {
      removePrefix(dir);
    }
  });
});

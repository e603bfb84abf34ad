/** The life of the serving process: reload, log rotation, and the ways to end. */

import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ServerProcess } from "../harness/server-process.ts";
import { FOREGATE_PATH, startForegate } from "../harness/start-foregate.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { isAlive } from "./is-alive.ts";

const CONF = "http { server { listen 127.0.0.1:%%PORT%%; return 200 one; } }";
const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

async function bodyOf(server: Awaited<ReturnType<typeof startForegate>>): Promise<string> {
  const { answers } = await server.exchange(REQUEST);
  return answers[0]?.body.toString() ?? "";
}

/** The configuration with its ports filled in, changed and written back. */
function edit(server: { readonly dir: string }, change: (text: string) => string): void {
  const path = join(server.dir, "nginx.conf");
  writeFileSync(path, change(readFileSync(path, "latin1")));
}

describe("the pid file", () => {
  test("holds the master's pid, and goes with it", async () => {
    const server = await startForegate({ conf: CONF });
    const path = join(server.dir, "server.pid");
    expect(readFileSync(path, "latin1")).toBe(`${server.pid}\n`);
    server.signal("SIGTERM");
    expect(await server.exit).toEqual({ code: 0, signal: null });
    expect(existsSync(path)).toBe(false);
    await server.stop();
  });
});

describe("temporary directories", () => {
  test("are made at the start, for their owner alone", async () => {
    await using server = await startForegate({ conf: CONF.replace("http {", "http { client_body_temp_path a/b;") });
    expect(statSync(join(server.dir, "a/b")).mode & 0o777).toBe(0o700);
  });
});

describe("SIGHUP", () => {
  test("switches to the changed configuration and keeps the listening socket", async () => {
    await using server = await startForegate({ conf: CONF });
    expect(await bodyOf(server)).toBe("one");
    edit(server, (text) => text.replace("200 one", "200 two"));
    server.signal("SIGHUP");
    await waitUntil("the second configuration", async () => ((await bodyOf(server)) === "two" ? true : undefined));
  });

  test("keeps serving the former configuration when the new one is bad, and logs why", async () => {
    await using server = await startForegate({ conf: CONF });
    server.claim(/unknown directive "retern"/);
    edit(server, (text) => text.replace("return", "retern"));
    server.signal("SIGHUP");
    const line = await waitUntil(
      "the line",
      () => /\[emerg\] .*unknown directive "retern" in .*nginx\.conf:\d+/.exec(server.errorLog())?.[0],
    );
    expect(line).toBeDefined();
    expect(await bodyOf(server)).toBe("one");
  });

  test("keeps the former configuration when a new address is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      await using server = await startForegate({ conf: CONF });
      server.claim(/bind\(\) to 127\.0\.0\.1:\d+ failed/);
      edit(server, (text) => text.replace("return 200 one", `listen 127.0.0.1:${port}; return 200 two`));
      server.signal("SIGHUP");
      await waitUntil("the line", () => (/\[emerg\] .*failed \(98: Address already in use\)/.test(server.errorLog()) ? true : undefined));
      expect(await bodyOf(server)).toBe("one");
    } finally {
      other.close();
    }
  });

  test("moves the pid file when the directive changed", async () => {
    const dir = createPrefix({ "logs/": "" });
    const conf = `daemon off; pid first.pid; events {} http { access_log off; server { listen unix:${dir}/listen.sock; } }`;
    writeFileSync(`${dir}/x.conf`, conf);
    const child = new ServerProcess(process.execPath, [FOREGATE_PATH, "-p", dir, "-c", "x.conf"], { cwd: dir });
    try {
      await waitUntil("the first pid file", () => (existsSync(`${dir}/first.pid`) ? true : undefined));
      writeFileSync(`${dir}/x.conf`, conf.replace("first", "second"));
      child.signal("SIGHUP");
      await waitUntil("the second pid file", () => (existsSync(`${dir}/second.pid`) && !existsSync(`${dir}/first.pid`) ? true : undefined));
      expect(readFileSync(`${dir}/second.pid`, "latin1")).toBe(`${child.pid}
`);
    } finally {
      await child.stop("SIGTERM");
      removePrefix(dir);
    }
  });
});

describe("SIGUSR1", () => {
  test("opens moved logs again", async () => {
    await using server = await startForegate({ conf: CONF });
    await bodyOf(server);
    const [access, error] = [join(server.dir, "logs/access.log"), join(server.dir, "logs/error.log")];
    await waitUntil("the first line", () => (readFileSync(access, "latin1") === "" ? undefined : true));
    renameSync(access, `${access}.1`);
    renameSync(error, `${error}.1`);
    server.signal("SIGUSR1");
    await waitUntil("the new files", () => (existsSync(access) && existsSync(error) ? true : undefined));
    await bodyOf(server);
    await waitUntil("the second line", () => (readFileSync(access, "latin1") === "" ? undefined : true));
    expect(readFileSync(`${access}.1`, "latin1").split("\n")).toHaveLength(2);
  });
});

describe("SIGQUIT", () => {
  test("ends at once when nothing is open", async () => {
    const server = await startForegate({ conf: CONF });
    server.signal("SIGQUIT");
    expect(await server.exit).toEqual({ code: 0, signal: null });
    await server.stop();
  });

  test("lets a request that is being read finish, and accepts no other", async () => {
    const server = await startForegate({
      conf: "http { server { listen 127.0.0.1:%%PORT%%; location / { proxy_pass http://127.0.0.1:%%PORT_ORIGIN%%; } } }",
    });
    const origin = createServer((socket) => socket.once("data", () => held.push(() => socket.end("HTTP/1.0 200 OK\r\n\r\nlate"))));
    const held: (() => void)[] = [];
    await new Promise<void>((resolve) => origin.listen(server.port("ORIGIN"), "127.0.0.1", resolve));
    const client = connect(server.port(), "127.0.0.1");
    let answer = "";
    client.setEncoding("latin1").on("data", (text: string) => {
      answer += text;
    });
    const closed = new Promise((resolve) => client.once("close", resolve));
    client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const release = await waitUntil("the origin to be asked", () => held[0]);
    server.signal("SIGQUIT");
    await waitUntil("the listener to be closed", async () => ((await refuses(server.port())) ? true : undefined));
    release();
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*late/);
    expect(await server.exit).toEqual({ code: 0, signal: null });
    origin.close();
    await server.stop();
  });
});

describe("the serving process", () => {
  test("stays when there is no server to serve, as nginx does", async () => {
    await using server = await startForegate({ conf: "http { }" });
    expect(await Promise.race([server.exit, new Promise((resolve) => setTimeout(resolve, 200, "alive"))])).toBe("alive");
  });

  test("outlives the reader of its stdout and stderr", async () => {
    const dir = createPrefix({ "logs/": "" });
    try {
      const socket = `${dir}/listen.sock`;
      const conf = `daemon off; error_log stderr info; events {}\nhttp { access_log /dev/stdout; server { listen unix:${socket}; return 200 x; } }\n`;
      writeFileSync(`${dir}/d.conf`, conf);
      const child = new ServerProcess(
        "/bin/sh",
        ["-c", `"$@" 2>&1 | head -c 1; wait`, "sh", process.execPath, FOREGATE_PATH, "-p", dir, "-c", "d.conf"],
        {
          cwd: dir,
        },
      );
      const pid = await waitUntil("the pid file", () =>
        existsSync(`${dir}/logs/foregate.pid`) ? Number(readFileSync(`${dir}/logs/foregate.pid`)) : undefined,
      );
      for (let request = 0; request < 5; request++) expect(await ask(socket)).toContain("200 OK");
      expect(isAlive(pid)).toBe(true);
      process.kill(pid, "SIGTERM");
      await child.exit;
    } finally {
      removePrefix(dir);
    }
  });
});

function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", () => resolve(true));
  });
}

function ask(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(path).setEncoding("latin1");
    socket.on("data", (text: string) => {
      answer += text;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
    socket.write(REQUEST);
  });
}

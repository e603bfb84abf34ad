/** As a service of systemd: sockets handed in, and word of every change of state. */

import { existsSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ServerProcess } from "../harness/server-process.ts";
import { FOREGATE_PATH } from "../harness/start-foregate.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { findFreePort } from "./free-port.ts";
import { openClient } from "./open-client.ts";

/** What systemd-socket-activate does, besides waiting for a first client: binds, and starts the program with LISTEN_FDS. */
const ACTIVATOR = `
import os, socket, sys
kinds = sys.argv[1].split(",")
program = sys.argv[2:]
for number, address in enumerate(kinds):
    if address.startswith("/"):
        s = socket.socket(socket.AF_UNIX); s.bind(address)
    else:
        host, port = address.rsplit(":", 1)
        s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind((host, int(port)))
    s.listen(16)
    os.dup2(s.fileno(), 3 + number + 50)
for number in range(len(kinds)):
    os.dup2(3 + number + 50, 3 + number)
os.closerange(3 + len(kinds), 200)
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = str(len(kinds))
os.execv(program[0], program)
`;

/** Writes what it is told to stdout, a message a line. */
const NOTIFIED = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1])
while True:
    message, fds, flags, _ = socket.recv_fds(s, 4096, 4)
    for fd in fds: os.close(fd)
    print(message.decode().replace("\\n", " "), flush=True)
`;

const NODE = process.env["FOREGATE_NODE"] ?? process.execPath;
const hasPython = existsSync("/usr/bin/python3");
const hasNotify = ["/usr/bin/systemd-notify", "/bin/systemd-notify"].some(existsSync);

let dir = "";
const processes: ServerProcess[] = [];
beforeEach(() => {
  dir = createPrefix({ "logs/": "", "activate.py": ACTIVATOR, "notified.py": NOTIFIED });
});
afterEach(async () => {
  for (const each of processes.splice(0).reverse()) await each.stop("SIGTERM");
  removePrefix(dir);
});

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): ServerProcess {
  const [command = "", ...rest] = args;
  const started = new ServerProcess(command, rest, { cwd: dir, env });
  processes.push(started);
  return started;
}

const FOREGATE = [NODE, FOREGATE_PATH, "-p"];
const isServing = (): Promise<true> => waitUntil("the pid file", () => existsSync(`${dir}/logs/foregate.pid`) || undefined);

async function ask(port: number): Promise<string> {
  const client = openClient(port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  return client.closed;
}

describe.runIf(hasPython)("sockets of systemd", () => {
  test("are served where a listen has their address, and outlive the service", async () => {
    const [port, own] = [await findFreePort(), await findFreePort()];
    writeFileSync(
      `${dir}/x.conf`,
      `daemon on; events {}
       http { access_log off; server { listen 127.0.0.1:${port}; listen [::1]:${port}; listen unix:${dir}/a.sock; listen 127.0.0.1:${own}; return 200 ok; } }\n`,
    );
    const addresses = `127.0.0.1:${port},::1:${port},${dir}/a.sock`;
    const service = run(["/usr/bin/python3", `${dir}/activate.py`, addresses, ...FOREGATE, dir, "-c", "x.conf"]);
    await isServing();
    // Had it bound them itself, it would have failed: they are bound.
    expect(await ask(port)).toMatch(/ok$/);
    expect(await ask(own)).toMatch(/ok$/);
    expect(service.output).toBe("");
    await service.stop("SIGTERM");
    expect(existsSync(`${dir}/a.sock`)).toBe(true);
  });
});

describe.runIf(hasPython && hasNotify)("NOTIFY_SOCKET", () => {
  test("hears of the start, a reload and the end", async () => {
    const port = await findFreePort();
    writeFileSync(`${dir}/x.conf`, `daemon off; events {} http { access_log off; server { listen 127.0.0.1:${port}; return 200 ok; } }\n`);
    const systemd = run(["/usr/bin/python3", `${dir}/notified.py`, `${dir}/notify`]);
    await waitUntil("the socket", () => existsSync(`${dir}/notify`) || undefined);
    const service = run([...FOREGATE, dir, "-c", "x.conf"], { NOTIFY_SOCKET: `${dir}/notify` });
    const hears = (pattern: RegExp): Promise<true> => waitUntil(`word of ${pattern}`, () => pattern.test(systemd.output) || undefined);
    await hears(new RegExp(`^READY=1 MAINPID=${service.pid}$`, "m"));
    service.signal("SIGHUP");
    await hears(/^RELOADING=1 MONOTONIC_USEC=\d+\n(?:BARRIER=1\n)?READY=1 /m);
    service.signal("SIGTERM");
    await service.exit;
    await hears(/^STOPPING=1$/m);
  });
});

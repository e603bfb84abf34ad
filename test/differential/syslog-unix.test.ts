/** What nginx and foregate send to syslog over unix domain sockets: the same datagrams. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { recordUnixDatagrams, type UnixDatagramRecorder } from "../harness/unix-datagram-recorder.ts";
import { maskText } from "./mask-text.ts";
import { get } from "./requests.ts";

const confOf = (socket: string): string => `
error_log %%DIR%%/logs/error.log info;
error_log syslog:server=unix:${socket},tag=main,facility=mail error;
http {
  log_format short '$status $request_uri $arg_v';
  log_format raw escape=none '  <13>$http_x ';
  server {
    listen 127.0.0.1:%%PORT%%;
    root html;
    location / {
      access_log syslog:server=unix:${socket} short;
      return 200 x;
    }
    location /tagged/ {
      access_log syslog:server=unix:${socket},facility=daemon,severity=notice,tag=t_1,nohostname short;
      access_log syslog:server=unix:${socket},tag=,nohostname,severity=debug,facility=user short;
      return 200 x;
    }
    location /raw/ { access_log syslog:server=unix:${socket},severity=emerg raw; return 200 x; }
    location /missing/ { access_log off; }
    location /own/ { access_log off; error_log syslog:server=unix:${socket},tag=own,nohostname warn; }
  }
}`;

requireOracle("nginx", "unix datagrams")("syslog over unix domain sockets", () => {
  let folder: string;
  let recorders: readonly [UnixDatagramRecorder, UnixDatagramRecorder];
  let servers: readonly [RunningServer, RunningServer];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "foregate-syslog-"));
    recorders = [await recordUnixDatagrams(join(folder, "nginx")), await recordUnixDatagrams(join(folder, "foregate"))];
    const files = { "html/index.html": "" };
    servers = [
      await startNginx({ conf: confOf(recorders[0].path), files }),
      await startForegate({ conf: confOf(recorders[1].path), files }),
    ];
  });
  afterAll(async () => {
    for (const recorder of recorders) await recorder.close();
    rmSync(folder, { recursive: true });
  });

  /** Both servers' datagrams for one request, without times. */
  async function datagrams(count: number, request: string): Promise<readonly (readonly string[])[]> {
    const all: (readonly string[])[] = [];
    for (const [at, server] of servers.entries()) {
      const recorder = recorders[at] as UnixDatagramRecorder;
      const before = recorder.received.length;
      expect((await server.exchange(request)).answers).toHaveLength(1);
      await recorder.receive(before + count);
      all.push(recorder.received.slice(before).map((line) => maskLine(line, server)));
    }
    return all;
  }

  test.each([
    ["an access line has the machine's name and nginx's tag", 1, get("/a?v=1"), /^<190>TIME [^ ]+ nginx: 200 \/a\?v=1 1$/],
    ["values are escaped", 1, get("/b?v=%22%0a\\\xe9"), /^<190>TIME .* nginx: 200 \/b\?v=%22%0a/],
    ["facility, severity, tag and nohostname are sent", 2, get("/tagged/"), /^<(?:29>TIME t_1|15>TIME ): 200/],
    ["a line that begins with blanks and a priority is sent as it is", 1, get("/raw/", "X: a\t\xe9b"), /^<184>TIME .*: {3}<13>/],
    ["a long line is one datagram", 1, get("/raw/", `X: ${"x".repeat(8000)}`), /x{8000} $/],
    ["an error line has its own severity", 1, get("/missing/x"), /^<19>TIME .* main: TIME \[error\] PID open\(\)/],
    ["a location's error log has its own tag", 1, get("/own/x"), /^<187>TIME own: TIME \[error\] PID open\(\)/],
  ])("%s", async (_name, count, request, form) => {
    const [theirs, ours] = await datagrams(count, request);
    expect(ours?.toSorted()).toEqual(theirs?.toSorted());
    for (const line of theirs ?? []) expect(line).toMatch(form);
  });
});

function maskLine(line: string, server: RunningServer): string {
  return maskText(line, server)
    .replace(/\w{3} [ \d]\d \d\d:\d\d:\d\d/, "TIME")
    .replace(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/, "TIME")
    .replace(/\d+#\d+: \*\d+/, "PID");
}

/** What nginx's `-t` says first about the core module's directives is what foregate says first, word for word; and it takes what nginx takes. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../../src/boot/load-config.ts";
import { createServices } from "../../src/process/services.ts";
import { requireOracle } from "../harness/oracle.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { runNginx } from "../integration/run-program.ts";

const SERVER_ROWS: readonly string[] = [
  ...["0 8k", "4 0", "a 8k", "-1 8k", "4 8k", "4"].map((value) => `large_client_header_buffers ${value};`),
  ...["t 1 2 3", "t 0", "t 1 0", "t a", "t -1", "t 1 2 3 4", '""'].map((value) => `client_body_temp_path ${value};`),
  ...["on", "clean", "Off", "x", "on off"].map((value) => `client_body_in_file_only ${value};`),
  ...["on", "x"].map((value) => `reset_timedout_connection ${value};`),
  ...["off", "max=10", "inactive=20s", "max=0", "max=x", "max=9 inactive=x", "foo", "max=9 foo=1", "off max=1", "max=9 max=8"].map(
    (value) => `open_file_cache ${value};`,
  ),
  ...["127.0.0.1 foo=1", "127.0.0.1 valid=x", "valid=10s", "[::1]:53 ipv6=off"].map((value) => `resolver ${value};`),
  ...["0 0", "75s 20s", "1 off", "1 2 3", "1M 1M"].map((value) => `keepalive_timeout ${value};`),
  ...["= /x", "404 =", "404 =x /x", "404 = = /x", "404 =1000 /x", "499 /x", "299 /x", '404 ""'].map((value) => `error_page ${value};`),
  ...["proxy_buffers 0 8k;", "proxy_temp_path t 0;", "proxy_buffers 8 0;"],
];

const LISTEN_ROWS: readonly string[] = [
  ...["8081 backlog=0", "8081 backlog=5 backlog=6", "8081-8082", "8082-8081", "8081 deferred bind", "8081 so_keepalive=::"],
  ...["unix:sock backlog=5", "8081 ipv6only=on", "[::]:8081 ipv6only=x", "8081 fastopen=x", "8081 sndbuf=0", "8081 ssl=on"],
].map((value) => `server { listen ${value}; }`);

const SERVERS: readonly string[] = [
  "server { listen 8081 backlog=5; } server { listen 8081 backlog=5; }",
  "server { listen 8081 backlog=5; server_name a; } server { listen 8081; }",
  "server { listen 8081; server_name a; } server { listen 8081 backlog=5; }",
  "server { listen 8081 bind; } server { listen 8081 reuseport; }",
  "server { listen 8081 default_server; } server { listen 8081 default_server; }",
  "server { listen 8081; listen 8081 backlog=5; }",
];

/** The first complaint, or the first warning where there is none, without its place. */
function nginxSays(path: string, dir: string): string {
  const { code, stderr } = runNginx(["-t", "-p", dir, "-c", path, "-g", `pid ${dir}/pid;`], dir);
  const line = stderr.split("\n").find((text) => text.includes(code === 0 ? "[warn]" : "[emerg]")) ?? "";
  return line.replace(/^.*\[(?:emerg|warn)\] (?:\d+#\d+: )?/, "").replace(/ in \S+:\d+$/, "");
}

function foregateSays(path: string, dir: string): string {
  const paths = { confPrefix: `${dir}/`, prefix: `${dir}/`, errorLog: join(dir, "logs/error.log") };
  const services = createServices();
  const { diagnostics } = loadConfig({ path, paths, commandLine: undefined, services });
  services.release();
  const ofLevel = (wanted: string) => diagnostics.find(({ level }) => level === wanted)?.message;
  return ofLevel("emerg") ?? ofLevel("warn") ?? "";
}

requireOracle("nginx")("-t about the core module", () => {
  let dir = "";
  beforeAll(() => {
    dir = createPrefix({ "logs/": "" });
  });
  afterAll(() => removePrefix(dir));

  test.each([...SERVER_ROWS.map((row) => `server { listen 8081; ${row} }`), ...LISTEN_ROWS, ...SERVERS])("%s", (content) => {
    const path = join(dir, "nginx.conf");
    writeFileSync(path, `events {}\nhttp {\n${content}\n}\n`, "latin1");
    expect(foregateSays(path, dir)).toBe(nginxSays(path, dir));
  });
});

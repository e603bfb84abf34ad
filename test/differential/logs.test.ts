/** What nginx and foregate write: to files, by every byte; to syslog; to files that requests name; compressed. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { recordUdp, type UdpRecorder } from "../harness/udp-recorder.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { maskText } from "./mask-text.ts";
import { get } from "./requests.ts";

const conf = `
error_log %%DIR%%/logs/error.log info;
error_log syslog:server=127.0.0.1:%%SYSLOG%%,tag=main,facility=mail,severity=debug error;
http {
  log_format plain '$uri';
  log_format json escape=json '{"u":"$uri","a":"$arg_none","h":"$http_none"}';
  log_format none escape=none '[$uri|$http_none|$remote_user]';
  log_format Short '$status $request_uri';
  open_log_file_cache max=2 inactive=60 min_uses=1 valid=60;
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name a.example *.sites.example;
    location / { return 200 x; }
    location /bytes/ {
      access_log logs/plain.log plain;
      access_log logs/json.log json;
      access_log logs/none.log none;
      return 200 x;
    }
    location /syslog/ {
      access_log syslog:server=127.0.0.1:%%SYSLOG%% Short;
      access_log syslog:server=127.0.0.1:%%SYSLOG%%,facility=daemon,severity=notice,tag=t_1,nohostname Short if=$arg_tagged;
      return 200 x;
    }
    location /format-case/ { access_log logs/case.log sHORT; return 200 x; }
    location /named/ { access_log logs/$host.log Short; return 200 x; }
    location /uncached/ { open_log_file_cache off; access_log %%DIR%%/logs/$arg_file.log Short; return 200 x; }
    location /no-directory/ { access_log logs/$arg_file/x.log Short; return 200 x; }
    location /no-root/ { root /nonexistent/$arg_root; access_log logs/no-root-$host.log Short; return 200 x; }
    location /file-root/ { root nginx.conf; access_log logs/file-root-$host.log Short; return 200 x; }
    location /alias/ { alias html/; access_log logs/alias-$host.log Short; return 200 x; }
    location /upward/ { access_log logs/$arg_file Short; return 200 x; }
    location /gzip/ { access_log logs/short.log.gz Short gzip flush=20ms buffer=1k; return 200 x; }
    location /missing/ { root html; }
    location /own-errors/ {
      root html;
      error_log logs/own.log;
      error_log logs/own-too.log warn;
      error_log logs/own-grave.log crit;
      error_log syslog:server=127.0.0.1:%%SYSLOG%%,tag=own,nohostname warn;
    }
  }
}`;

const claims = [/open\(\) "[^"]+\/logs\/nowhere\/x\.log" failed/];

let recorders: UdpRecorder[];
let nginx: RunningServer;
let foregate: RunningServer;

requireOracle("nginx")("logs", () => {
  beforeAll(async () => {
    recorders = [await recordUdp(), await recordUdp()];
    const options = (recorder = 0) => ({ conf, files: { "html/index.html": "" }, values: { SYSLOG: recorders[recorder]?.port ?? 0 } });
    nginx = await startNginx(options(0));
    foregate = await startForegate(options(1));
    for (const server of [nginx, foregate]) for (const claim of claims) server.claim(claim);
  });
  afterAll(async () => {
    for (const recorder of recorders) await recorder.close();
  });

  async function ask(...requests: readonly string[]): Promise<void> {
    for (const server of [nginx, foregate]) {
      for (const request of requests) expect((await server.exchange(request)).answers).toHaveLength(1);
    }
  }

  /** Both servers' file once it ends with `end`; "" stands for no file. */
  async function logs(name: string, end: string): Promise<readonly [string, string]> {
    return [await log(nginx, name, end), await log(foregate, name, end)];
  }

  /** Both have got as many datagrams more. */
  async function datagrams(count: number, act: () => Promise<void>): Promise<readonly string[][]> {
    const before = recorders.map(({ received }) => received.length);
    await act();
    await Promise.all(recorders.map((recorder, at) => recorder.receive((before[at] ?? 0) + count)));
    return recorders.map(({ received }, at) => received.slice(before[at]));
  }

  test.each(["plain", "json", "none"])("every byte goes into a line as nginx writes it: %s", async (format) => {
    const bytes = Array.from({ length: 255 }, (_, at) => `%${(at + 1).toString(16).padStart(2, "0")}`);
    if (format === "plain") await ask(...bytes.map((byte) => get(`/bytes/b${byte}`)), get("/bytes/end"));
    const [theirs, ours] = await logs(
      `${format}.log`,
      format === "plain" ? "/end\n" : format === "none" ? "/end||]\n" : '/end","a":"","h":""}\n',
    );
    expect(ours).toBe(theirs);
    expect(theirs.split("\n").length).toBeGreaterThan(255);
  });

  test("access lines reach syslog with nginx's head", async () => {
    const [theirs, ours] = await datagrams(3, () => ask(get("/syslog/a"), get("/syslog/b?tagged=1")));
    expect(ours?.map(maskTime)).toEqual(theirs?.map(maskTime));
    expect(theirs?.[2]).toMatch(/^<29>\w{3} [ \d]\d \d\d:\d\d:\d\d t_1: 200 \/syslog\/b\?tagged=1$/);
  });

  test("error lines reach syslog with their own severity, and the file too", async () => {
    const [theirs, ours] = await datagrams(1, () => ask(get("/missing/x")));
    const mask = (server: RunningServer) => (line: string) =>
      maskTime(maskText(line.replaceAll(server.dir, "DIR"), server)).replace(/\d+#\d+: \*\d+/, "PID");
    expect(ours?.map(mask(foregate))).toEqual(theirs?.map(mask(nginx)));
    expect(theirs?.[0]).toMatch(
      /^<19>\w{3} .* main: \d{4}\/\d\d\/\d\d [\d:]{8} \[error\] .*failed \(2: No such file or directory\), client: /,
    );
    expect(foregate.errorLog()).toContain("/missing/x");
  });

  test("a location's error logs stand for the outer ones, each by its level", async () => {
    const outer = [nginx, foregate].map((server) => server.errorLog().length);
    const [theirs, ours] = await datagrams(1, () => ask(get("/own-errors/x")));
    for (const sent of [theirs, ours]) expect(sent).toEqual([expect.stringMatching(/^<187>.{15} own: .*\/own-errors\/x" failed/)]);
    for (const name of ["own.log", "own-too.log"]) {
      for (const text of await logs(name, "\n")) expect(text).toMatch(/^[^\n]*\[error\][^\n]*\/own-errors\/x" failed[^\n]*\n$/);
    }
    for (const [at, server] of [nginx, foregate].entries()) {
      expect(readFileSync(join(server.dir, "logs/own-grave.log"), "latin1")).toBe("");
      expect(server.errorLog().slice(outer[at])).not.toContain('/own-errors/x" failed');
    }
  });

  test("a format is found in any case", async () => {
    await ask(get("/format-case/"));
    expect(await logs("case.log", "\n")).toEqual(["200 /format-case/\n", "200 /format-case/\n"]);
  });

  test("a path with variables names a file for each value, more than the cache holds", async () => {
    const hosts = ["a.example", "one.sites.example", "two.sites.example", "a.example", "three.sites.example", "one.sites.example"];
    await ask(...hosts.map((host, at) => `GET /named/${at} HTTP/1.0\r\nHost: ${host}\r\n\r\n`));
    for (const host of new Set(hosts)) {
      const lines = hosts.map((each, at) => (each === host ? `200 /named/${at}\n` : "")).join("");
      expect(await logs(`${host}.log`, lines)).toEqual([lines, lines]);
    }
  });

  test("a path with variables works without a cache", async () => {
    await ask(get("/uncached/1?file=u"), get("/uncached/2?file=u"), get("/uncached/3?file=v"));
    expect(await logs("u.log", "/2?file=u\n")).toEqual(Array(2).fill("200 /uncached/1?file=u\n200 /uncached/2?file=u\n"));
    expect(await logs("v.log", "\n")).toEqual(Array(2).fill("200 /uncached/3?file=v\n"));
  });

  test("a file that cannot be opened is told of at [crit], and the request is answered", async () => {
    await ask(get("/no-directory/?file=nowhere"));
    for (const server of [nginx, foregate]) {
      expect(server.errorLog()).toMatch(
        /\[crit\] .*open\(\) "[^"]*logs\/nowhere\/x\.log" failed \(2: No such file or directory\).*, client: 127/,
      );
    }
  });

  test.each([
    [
      "no-root",
      "/no-root/?root=r",
      /\[error\] .*testing "\/nonexistent\/r" existence failed \(2: No such file or directory\).*, client: 127/,
    ],
    ["file-root", "/file-root/", /\[error\] .*testing "[^"]*nginx\.conf" existence failed \(20: Not a directory\).*, client: 127/],
  ])("without a root directory a path with variables is not written: %s", async (name, uri, line) => {
    await ask(get(uri));
    for (const server of [nginx, foregate]) {
      expect(server.errorLog()).toMatch(line);
      expect(existsSync(join(server.dir, `logs/${name}-a.log`))).toBe(false);
    }
  });

  test("an alias that is a directory counts as the root", async () => {
    await ask("GET /alias/ HTTP/1.0\r\nHost: a.example\r\n\r\n");
    expect(await logs("alias-a.example.log", "\n")).toEqual(Array(2).fill("200 /alias/\n"));
  });

  test("variables do not lead a log out of its directory, as they do in nginx", async () => {
    await ask(get("/upward/?file=../escaped.log"));
    await waitUntil("nginx to write", () => existsSync(join(nginx.dir, "escaped.log")) || undefined);
    expect(foregate.errorLog()).toMatch(/access_log "[^"]*logs\/\.\.\/escaped\.log" is not written/);
    expect(existsSync(join(foregate.dir, "escaped.log"))).toBe(false);
  });

  test("compressed members follow one another, before and after USR1", async () => {
    await ask(get("/gzip/1"));
    await Promise.all([nginx, foregate].map((server) => unzipped(server, "200 /gzip/1\n")));
    await ask(get("/gzip/2"));
    await Promise.all([nginx, foregate].map((server) => unzipped(server, "200 /gzip/1\n200 /gzip/2\n")));
    foregate.signal("SIGUSR1");
    await ask(get("/gzip/3"));
    await unzipped(foregate, "200 /gzip/1\n200 /gzip/2\n200 /gzip/3\n");
  });
});

function log(server: RunningServer, name: string, end: string): Promise<string> {
  const path = join(server.dir, "logs", name);
  return waitUntil(`${JSON.stringify(end)} in ${name}`, () => {
    const text = existsSync(path) ? readFileSync(path, "latin1") : "";
    return text.endsWith(end) && text !== "" ? text : undefined;
  });
}

async function unzipped(server: RunningServer, content: string): Promise<void> {
  const path = join(server.dir, "logs/short.log.gz");
  await waitUntil("compressed lines", () => {
    const bytes = readFileSync(path);
    return (bytes.length > 0 && gunzipSync(bytes).toString() === content) || undefined;
  });
}

function maskTime(line: string): string {
  return line.replace(/\w{3} [ \d]\d \d\d:\d\d:\d\d/, "TIME").replace(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/, "TIME");
}

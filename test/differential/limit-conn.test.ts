/** `limit_conn`: how many requests of a key are under way at once, when their places are free again, and what is logged of it. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { type OpenClient, openClient } from "../integration/open-client.ts";
import { get, request } from "./requests.ts";

/** A request's content is awaited before it is passed on: a client that does not send it stays counted. */
const conf = `
http {
  limit_conn_zone $arg_k zone=one:32k;
  limit_conn_zone $arg_j zone=two:32k;
  limit_conn_zone $server_port zone=all:32k;
  add_header X-Status "[$limit_conn_status]" always;
  client_body_timeout 20s;

  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    location / { limit_conn one 1; proxy_pass http://127.0.0.1:1; }
    location /twice { limit_conn one 2; limit_conn_status 429; limit_conn_log_level warn; proxy_pass http://127.0.0.1:1; }
    location /dry { limit_conn one 1; limit_conn_dry_run on; proxy_pass http://127.0.0.1:1; }
    location /both { limit_conn two 5; limit_conn one 1; proxy_pass http://127.0.0.1:1; }
    location /file { limit_conn one 1; try_files /f =404; }
    location /two { limit_conn two 1; try_files /f =404; }
    location /inner { limit_conn one 1; try_files /none @named; }
    location @named { limit_conn one 1; limit_conn all 1; proxy_pass http://127.0.0.1:1; }
    location /free { try_files /f =404; }
  }
}`;
const files = { "www/f": "content" };

const post = (target: string): string => request("POST", target, "Content-Length: 4", "Expect: 100-continue");

/** A client whose request is under way until it sends "body". */
async function hold(server: RunningServer, target: string): Promise<OpenClient> {
  const client = openClient(server.port());
  client.send(post(target));
  await client.receive(/100 Continue/);
  return client;
}

/** Status and X-Status of one answer. */
async function ask(server: RunningServer, target: string): Promise<string> {
  const { answers } = await server.exchange(get(target));
  return answers.map(({ status, fields }) => `${status} ${fields.find(([name]) => name === "X-Status")?.[1] ?? ""}`).join();
}

async function finish(client: OpenClient): Promise<string> {
  client.send("body");
  const text = await client.receive(/HTTP\/1.1 [2-5]\d\d.*\r\n\r\n/s);
  return /HTTP\/1.1 ([2-5]\d\d).*X-Status: (\S+)/s.exec(text)?.slice(1).join(" ") ?? text;
}

type Story = (server: RunningServer) => Promise<readonly string[]>;

const STORIES: Readonly<Record<string, Story>> = {
  "one request of a key at a time, others and empty keys pass": async (server) => {
    const first = await hold(server, "/?k=a");
    const seen = [
      await ask(server, "/file?k=a"),
      await ask(server, "/file?k=b"),
      await ask(server, "/file"),
      await ask(server, "/free?k=a"),
    ];
    return [...seen, await finish(first), await ask(server, "/file?k=a")];
  },
  "two requests, with another status": async (server) => {
    const [first, second] = [await hold(server, "/twice?k=c"), await hold(server, "/twice?k=c")];
    const seen = [await ask(server, "/twice?k=c"), await finish(first), await ask(server, "/free")];
    const third = await hold(server, "/twice?k=c");
    return [...seen, await ask(server, "/twice?k=c"), await finish(second), await finish(third)];
  },
  "a dry run refuses nobody": async (server) => {
    const first = await hold(server, "/dry?k=d");
    return [await ask(server, "/file?k=d"), await finish(first)];
  },
  "what a dry run would refuse is told": async (server) => {
    const first = await hold(server, "/?k=e");
    const second = await hold(server, "/dry?k=e");
    return [await finish(second), await ask(server, "/file?k=e"), await finish(first), await ask(server, "/file?k=e")];
  },
  "a refusal by the second zone gives the place in the first back": async (server) => {
    const first = await hold(server, "/?k=f");
    const seen = [await ask(server, "/both?k=f&j=f"), await ask(server, "/two?j=f")];
    return [...seen, await finish(first)];
  },
  "a request is counted once over internal redirects": async (server) => {
    const first = await hold(server, "/inner?k=g");
    const seen = [await ask(server, "/file?k=g")];
    return [...seen, await finish(first), await ask(server, "/file?k=g")];
  },
  "a client that leaves gives its place back": async (server) => {
    const first = await hold(server, "/?k=h");
    const seen = [await ask(server, "/file?k=h")];
    first.close();
    await waitUntil("the place to be free", async () => (await ask(server, "/file?k=h")).startsWith("200") || undefined);
    return seen;
  },
  "pipelined requests come one after the other": async (server) => {
    const { answers } = await server.exchange(get("/file?k=i").repeat(4), { answers: 4 });
    return answers.map(({ status }) => String(status));
  },
  "keys of 255 bytes count, of 256 do not": async (server) => {
    const seen: string[] = [];
    for (const key of ["x".repeat(255), "y".repeat(256)]) {
      const first = await hold(server, `/?k=${key}`);
      seen.push(await ask(server, `/file?k=${key}`), await finish(first));
    }
    return seen;
  },
};

/** What a server says of limits: level and message, without the facts about the request. */
function limitLines(server: RunningServer): readonly string[] {
  const lines = [
    ...server
      .errorLog()
      .matchAll(/\[(\w+)\] [^:]*: (?:\*\d+ )?(limiting connections.*? by zone "\w+"|the value of the "[^"]*" key .*?bytes)/g),
  ];
  return lines.map(([, level, message]) => `${level} ${message}`);
}

requireOracle("nginx")("limit_conn", () => {
  let nginx: RunningServer;
  let foregate: RunningServer;
  beforeAll(async () => {
    nginx = await startNginx({ conf, files });
    foregate = await startForegate({ conf, files });
  });

  test.each(Object.entries(STORIES))("%s", async (_name, story) => {
    expect(await story(foregate)).toEqual(await story(nginx));
  });

  afterAll(() => {
    // A client that leaves is looked for until its place is free: how often depends on the moment.
    const once = (lines: readonly string[]): readonly string[] => lines.filter((line, index) => line !== lines[index - 1]);
    expect(once(limitLines(foregate))).toEqual(once(limitLines(nginx)));
  });
});

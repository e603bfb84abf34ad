/** What `foregate explain` says of a request is what the running server answers: status, fields and text, for a table and for random targets. */

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../src/boot/load-config.ts";
import type { Snapshot } from "../../src/boot/snapshot.ts";
import { explainRequest } from "../../src/cli/explain/explain-request.ts";
import { readUrl } from "../../src/cli/explain/explained-url.ts";
import type { Explanation } from "../../src/cli/explain/explanation.ts";
import { silenceLogs } from "../../src/cli/explain/silent-services.ts";
import { createServices } from "../../src/process/services.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { standInIsNginx, startForegate } from "../harness/start-foregate.ts";

const say = (name: string): string => `add_header X-Location "${name}" always; return 200 "${name} $uri $args\\n";`;

const conf = `
http {
  default_type text/plain;
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name localhost;
    root %%DIR%%/www;
    add_header X-Location server always;
    rewrite ^/server-rewrite/(.*)$ /docs/$1;
    rewrite ^/server-redirect/(.*)$ /docs/$1 permanent;
    if ($arg_deny) { return 403; }
    error_page 410 = @gone;
    error_page 418 =200 /a.txt;
    error_page 507 http://elsewhere.example/;
    location / { add_header X-Location / always; try_files $uri $uri/ /fallback?q=$uri; }
    location = /fallback { ${say("= /fallback")} }
    location = /exact { ${say("= /exact")} }
    location /docs { ${say("/docs")} }
    location /docs/api/ { ${say("/docs/api/")} }
    location ^~ /images/ { ${say("^~ /images/")} }
    location ~ \\.png$ { ${say("~ png")} }
    location ~* \\.jpe?g$ { ${say("~* jpg")} }
    location ~ ^/user/(?<id>[0-9]+)$ { ${say("~ user")} }
    location /nest/ {
      location /nest/a/ { ${say("/nest/a/")} }
      location ~ \\.txt$ { ${say("nested ~ txt")} }
      ${say("/nest/")}
    }
    location /status/ { try_files $uri =404; }
    location /files/ { alias %%DIR%%/other/; }
    location /index/ { alias %%DIR%%/www/; index nope.html index.html; }
    location /gone { return 410; }
    location /teapot { return 418; }
    location /full { return 507; }
    location @gone { add_header X-Location @gone always; return 410 "gone $uri\\n"; }
    location /closed { return 444; }
    location /moved { return 301 /docs?$args; }
    location /last/ { rewrite ^/last/(.*)$ /docs/$1 last; }
    location /break/ { rewrite ^/break/(.*)$ /$1 break; }
    location /temporary/ { rewrite ^/temporary/(.*)$ /x$1 redirect; }
    location /loop { rewrite ^ /loop last; }
    location /if { if ($arg_x = 1) { return 202 "if\\n"; } ${say("/if")} }
    location /internal { internal; ${say("internal")} }
    location /to-internal { rewrite ^ /internal last; }
    location /small { client_max_body_size 3; ${say("/small")} }
    location /made { expires 1h; return 201; }
    location ~ /\\. { return 403; }
  }
}`;

const files = {
  "www/index.html": "home\n",
  "www/a.txt": "a\n",
  "www/dir/index.html": "dir\n",
  "www/bare/": "",
  "www/status/a.txt": "status\n",
  "other/b.txt": "b\n",
};

let server: RunningServer;
let snapshot: Snapshot;
let hear: (level: string, message: string) => void = () => {};

beforeAll(async () => {
  server = await startForegate({ conf, files });
  const paths = { prefix: `${server.dir}/`, confPrefix: `${server.dir}/`, errorLog: "stderr" };
  const services = silenceLogs(createServices(), (level, message) => hear(level, message));
  const loaded = loadConfig({ path: `${server.dir}/nginx.conf`, paths, commandLine: undefined, services });
  if (loaded.snapshot === undefined) throw new Error(loaded.diagnostics.map(({ message }) => message).join("\n"));
  snapshot = loaded.snapshot;
});

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly string[];
}

async function explain({ method, target, fields }: Asked): Promise<Explanation> {
  const url = readUrl(`http://localhost:${server.port()}/`);
  if (typeof url === "string") throw new Error(url);
  const explanation = await explainRequest(snapshot, { ...url, target, method, fields }, (listener) => {
    hear = listener;
  });
  if (typeof explanation === "string") throw new Error(explanation);
  return explanation;
}

/** The answer in the form that both sides can have: without what each answer has, and what belongs to the connection. */
async function serve({ method, target, fields }: Asked) {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: localhost:${server.port()}`, "Connection: close", ...fields];
  const { answers } = await server.exchange(`${lines.join("\r\n")}\r\n\r\n`, { halfClose: false });
  const [answer] = answers;
  if (answer === undefined) return { status: 444, fields: [], body: "" };
  const told = answer.fields.filter(([name]) => !/^(?:server|date|connection|transfer-encoding)$/i.test(name));
  return { status: answer.status, fields: told, body: answer.body };
}

async function agrees(asked: Asked): Promise<void> {
  const [explanation, served] = [await explain(asked), await serve(asked)];
  const { answer } = explanation;
  if (answer === null) throw new Error("this configuration has no upstream");
  expect({ status: answer.status, fields: answer.fields }).toEqual({ status: served.status, fields: served.fields });
  if (answer.body !== null) expect(answer.body).toBe(served.body);
}

const TARGETS = [
  "/ /? /?a=1 /a.txt /a.txt? /missing /missing?x=1 /dir /dir/ /dir?x=1 /bare /bare/ /index.html /fallback /a.txt/ /%61.txt",
  "/exact /exact/ /Exact /docs /docs/ /docsx /doc /docs/api /docs/api/ /docs/api/v1?y /docs//api//x /docs/./x /docs/../docs/x /docs/..",
  "/images/a.png /images /a.png /a.PNG /x.jpg /x.JPEG /docs/x.jpg /user/42 /user/4a /user/ /nest/ /nest /nest/a/ /nest/a/x.txt /nest/x.txt",
  "/status/a.txt /status/b /status/ /files/b.txt /files/none /files/ /files /files/../other/b.txt /index/ /index /gone /teapot /full /closed",
  "/moved /moved?a=1 /last/x /last/a.png /break/a.txt /break/none /break/ /temporary/y?z=1 /loop /if /if?x=1 /if?x=2 /internal /to-internal",
  "/small /made /.git /x/.hidden /server-rewrite/x /server-rewrite/api/x?q=1 /server-redirect/y?a=b /?deny=1 /docs?deny=1",
  "/%2e%2e/etc/passwd /../x /%00 /%zz /%c3%a9 /a%20b /a%2Fb /docs%2fapi // //docs ///a.txt /docs?a?b#c /docs;x /%25 /%0a",
].flatMap((line) => line.split(" "));

describe.skipIf(standInIsNginx)("explain agrees with the server", () => {
  test.each(TARGETS)("GET %s", async (target) => agrees({ method: "GET", target, fields: [] }));

  test.each([
    ["HEAD", "/a.txt", []],
    ["HEAD", "/missing", []],
    ["POST", "/a.txt", ["Content-Length: 0"]],
    ["POST", "/small", ["Content-Length: 4"]],
    ["DELETE", "/a.txt", []],
    ["PATCH", "/docs", []],
    ["GET", "/a.txt", ["Range: bytes=0-0"]],
    ["GET", "/a.txt", ["Range: bytes=99-"]],
    ["GET", "/a.txt", ["If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT"]],
    ["GET", "/a.txt", ['If-None-Match: "65e07900-2"']],
    ["GET", "/a.txt", ['If-Match: "other"']],
    ["GET", "/docs", ["Bad Name: x"]],
    ["GET", "/docs", ["X: a\rb"]],
    ["GET", "/docs", ["Content-Length: x"]],
    ["GET", "/docs", ["Content-Length: 1", "Transfer-Encoding: chunked"]],
    ["G E T", "/docs", []],
  ] satisfies readonly (readonly [string, string, readonly string[]])[])("%s %s %j", async (method, target, fields) =>
    agrees({ method, target, fields }),
  );

  test("for targets made of anything", async () => {
    const segment = fc.constantFrom(
      ...[
        "",
        "a.txt",
        "docs",
        "api",
        "nest",
        "a",
        "dir",
        "x.png",
        "..",
        ".",
        "%2e%2e",
        "%2F",
        "images",
        "break",
        "last",
        "files",
        "é",
        "user",
        "7",
      ],
    );
    const query = fc.constantFrom("", "?", "?x=1", "?deny=1", "?a=%0d%0a");
    const targets = fc.tuple(fc.array(segment, { minLength: 1, maxLength: 5 }), query).map(([parts, args]) => `/${parts.join("/")}${args}`);
    await fc.assert(
      fc.asyncProperty(targets, (target) => agrees({ method: "GET", target, fields: [] })),
      { numRuns: 300 },
    );
  });
});

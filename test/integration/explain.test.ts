/** `foregate explain` as people run it: what it prints, for whom, and with which exit code. */

import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { type ProgramEnd, runForegate } from "./run-program.ts";

const conf = `error_log logs/error.log;
events {}
http {
    access_log logs/access.log;
    keepalive_timeout 17s;
    add_header X-Always yes always;
    add_header X-Good yes;
    upstream app { server 127.0.0.1:1 weight=3; server 127.0.0.1:2 backup; }
    server {
        listen 127.0.0.1:8080;
        listen unix:/tmp/foregate-explain.sock;
        server_name example.com *.example.com ~^(?<sub>\\w+)\\.dev$;
        root www;
        error_page 404 /404.html;
        error_page 403 = @denied;
        rewrite ^/old/(.*)$ /new/$1;
        location / { try_files $uri $uri/ =404; }
        location = /404.html { internal; }
        location ^~ /images/ { root www; }
        location ~ \\.png$ { return 204; }
        location ~* \\.JPG$ { return 204; }
        location /docs/ { location /docs/api/ { return 200 "api $uri\\n"; } return 200 docs; }
        location /new/ { if ($arg_to) { set $where $arg_to; return 302 /$where; } return 410; }
        location /denied/ { return 403; }
        location @denied { return 200 "denied"; }
        location /named/ { try_files $uri @app; }
        location @app {
            proxy_set_header Host $host;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_read_timeout 7s;
            proxy_pass http://app;
        }
        location /py/ {
            include params;
            uwsgi_pass unix:/tmp/py.sock;
        }
        location /big/ { client_max_body_size 5; proxy_pass http://app; }
    }
    server { listen 127.0.0.1:8080; listen 8081; server_name other.example; location / { return 200 other; } }
    server { listen 127.0.0.1:8080 default_server; return 444; }
    server { listen [::1]:8082; return 200 six; }
}
`;

let dir = "";
beforeAll(() => {
  dir = createPrefix({
    "site.conf": conf,
    params: "uwsgi_param PATH_INFO $document_uri;\nuwsgi_param SCRIPT_NAME /py;\n",
    "wrong.conf": "events {}\nhttp { server { listen 80; lissten 81; rot /; } }\n",
    "www/index.html": "home",
    "www/404.html": "gone",
    "www/a.txt": "a",
    "www/images/a.png": "png",
    "www/dir/": "",
  });
});
afterAll(() => removePrefix(dir));

function explain(...args: readonly string[]): ProgramEnd {
  return runForegate(["explain", "-c", "site.conf", ...args], dir);
}

/** Lines with their runs of blanks made one, so that tests do not count columns. */
function lines(...args: readonly string[]): readonly string[] {
  const { code, stdout, stderr } = explain(...args);
  expect([code, stderr]).toEqual([0, ""]);
  return Buffer.from(stdout, "latin1")
    .toString()
    .split("\n")
    .map((line) => line.trim().replace(/\s+/g, " "));
}

function lineOf(text: string): number {
  return conf.slice(0, conf.indexOf(text)).split("\n").length;
}

describe("foregate explain: the server", () => {
  test("names the listen and the server_name that won", () => {
    const found = lines("http://example.com:8080/a.txt");
    expect(found).toContain(`listen 127.0.0.1:8080 it listens on port 8080 site.conf:${lineOf("listen 127.0.0.1:8080;")}`);
    expect(found).toContain(`server ✓ example.com server_name: exact name site.conf:${lineOf("listen 127.0.0.1:8080;") - 1}`);
  });

  test.each([
    ["http://www.example.com:8080/", "server ✓ *.example.com server_name: leading wildcard"],
    ["http://foo.dev:8080/", "server ✓ ~^(?<sub>\\w+)\\.dev$ server_name: regex"],
    ["http://127.0.0.1:8081/", "server ✓ other.example default server of the address: no server_name matches"],
    ["http://nobody:8080/", '✓ "" default server of the address: no server_name matches'],
    ["http://[::1]:8082/", 'server ✓ "" default server of the address: no server_name matches'],
    ["other.example/", "server ✓ other.example server_name: exact name"],
    ["http://unix:/tmp/foregate-explain.sock:/", "✓ example.com default server of the address: no server_name matches"],
  ])("%s", (url, line) => {
    expect(lines(url).some((found) => found.startsWith(line))).toBe(true);
  });

  test("tells of the patterns that were tried before", () => {
    expect(lines("http://nobody:8080/").some((line) => line.startsWith("server ✗ ~^(?<sub>\\w+)\\.dev$ regex tried, no match"))).toBe(true);
  });

  test("takes the server of a Host field that is given", () => {
    expect(lines("-H", "Host: other.example", "http://127.0.0.1:8080/")).toContain("other");
  });

  test.each([
    ["http://example.com:8099/", "nothing listens on port 8099: the configuration listens on 127.0.0.1:8080, "],
    ["http://10.0.0.1:8080/", "nothing listens on 10.0.0.1: "],
    ["http://unix:/nowhere:/", "nothing listens on unix:/nowhere: "],
    ["https://example.com:8080/", "127.0.0.1:8080: this listen has no ssl parameter: ask for http://"],
    ["ws://example.com/", '"ws://example.com/" is neither an http:// nor an https:// URL'],
    ["http://a:b:c/", 'invalid host or port in "http://a:b:c/"'],
    ["http://a:99999/", 'invalid host or port in "http://a:99999/"'],
  ])("refuses %s in one line", (url, message) => {
    const { code, stdout, stderr } = explain(url);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^foregate: [^\n]*\n$/);
    expect(stderr).toContain(message);
  });
});

describe("foregate explain: the location", () => {
  const steps = (url: string): readonly string[] => lines(url).filter((line) => /^(?:location )?[✓✗] /.test(line));

  test("tells of each location that matched or was tried, once, with its line", () => {
    expect(steps("http://example.com:8080/docs/api/x")).toEqual([
      expect.stringMatching(/^location ✗ \/ a longer prefix matches site\.conf:\d+$/),
      expect.stringMatching(/^✗ \/docs\/ matches, and a location inside it is chosen site\.conf:\d+$/),
      expect.stringMatching(/^✓ \/docs\/api\/ longest matching prefix site\.conf:\d+$/),
      expect.stringMatching(/^✗ ~ \\\.png\$ regex tried, no match site\.conf:\d+$/),
      expect.stringMatching(/^✗ ~\* \\\.JPG\$ regex tried, no match site\.conf:\d+$/),
    ]);
  });

  test("names the regexes that ^~ rules out", () => {
    const found = steps("http://example.com:8080/images/a.png");
    expect(found).toContain(`✓ ^~ /images/ longest matching prefix, and ^~: no regex is tried site.conf:${lineOf("location ^~")}`);
    expect(found).toContain(`✗ ~ \\.png$ not tried: a ^~ prefix matched site.conf:${lineOf("location ~ ")}`);
  });

  test("says that a regex goes before the longest prefix, and later regexes are not tried", () => {
    const found = steps("http://example.com:8080/x.png");
    expect(found[0]).toMatch(/^location ✗ \/ longest matching prefix, but a regex matches/);
    expect(found[1]).toMatch(/^✓ ~ \\\.png\$ regex matched/);
    expect(found[2]).toMatch(/^✗ ~\* \\\.JPG\$ not tried: an earlier regex matched/);
  });
});

describe("foregate explain: the way through", () => {
  test("a rewrite, a condition and what is set", () => {
    const found = lines("http://example.com:8080/old/x?to=y");
    const at = (text: string): string => `site.conf:${lineOf(text)}`;
    expect(found).toContain(`rewrite ✓ ^/old/(.*)$ matches "/old/x": the URI becomes "/new/x", arguments "to=y" ${at("rewrite")}`);
    expect(found).toContain(`if ✓ ($arg_to) is true ${at("if (")}`);
    expect(found).toContain(`set ✓ $where "y" ${at("if (")}`);
    expect(found).toContain(`return ✓ 302 /$where ${at("if (")}`);
    expect(found).toContain(`ends in if ($arg_to) of server example.com ${at("if (")}`);
    expect(found).toContain("Location: http://example.com:8080/y");
  });

  test("a condition that is false, and a rewrite that does not match", () => {
    const found = lines("http://example.com:8080/new/x");
    expect(found.some((line) => line.startsWith('rewrite ✗ ^/old/(.*)$ does not match "/new/x"'))).toBe(true);
    expect(found.some((line) => line.startsWith("if ✗ ($arg_to) is false"))).toBe(true);
    expect(found).toContain("answer 410 Gone");
  });

  test("candidates of try_files, the index, and the file that is sent", () => {
    const found = lines("http://example.com:8080/");
    const place = `site.conf:${lineOf("try_files")}`;
    expect(found).toContain(`try_files ✗ $uri "${dir}/www/" is a directory ${place}`);
    expect(found).toContain(`✓ $uri/ "${dir}/www/" is there ${place}`);
    expect(found).toContain(`index ✓ index.html "${dir}/www/index.html" is there: the request goes on as "/index.html"`);
    expect(found).toContain(`static ✓ ${dir}/www/index.html is a file site.conf:${lineOf("root www")}`);
    expect(found).toContain(`answer 200 OK, the file ${dir}/www/index.html`);
  });

  test("the error_page of just that status", () => {
    const missing = lines("http://example.com:8080/none");
    expect(missing).toContain(`error_page ✓ 404 is answered by /404.html site.conf:${lineOf("error_page 404")}`);
    expect(missing).toContain(`answer 404 Not Found, the file ${dir}/www/404.html`);
    const denied = lines("http://example.com:8080/denied/");
    expect(denied).toContain(`error_page ✓ 403 is answered by @denied site.conf:${lineOf("error_page 403")}`);
    expect(denied).toContain("answer 200 OK");
  });

  test("why a file is not there, without a word in the error log", () => {
    const found = lines("http://example.com:8080/images/none");
    expect(found).toContain(`error_log [error] open() "${dir}/www/images/none" failed (2: No such file or directory)`);
    expect(existsSync(`${dir}/logs/error.log`)).toBe(false);
  });

  test("a connection that closes without an answer", () => {
    expect(lines("http://nobody:8080/")).toContain("answer none: the connection closes (444)");
  });

  test("a body that is too large is refused as when serving", () => {
    const found = lines("-X", "POST", "-H", "Content-Length: 6", "http://example.com:8080/big/");
    expect(found).toContain("answer 413 Request Entity Too Large");
    expect(found).toContain(`location /big/ client_max_body_size 5 site.conf:${lineOf("client_max_body_size")}`);
  });
});

describe("foregate explain: upstreams", () => {
  test("an HTTP request, each field with its place, the group and its peers", () => {
    const found = lines("http://example.com:8080/named/x?y", "-H", "X-Test: 1");
    expect(found).toContain(`ends in @app of server example.com site.conf:${lineOf("location @app")}`);
    expect(found).toContain(`proxy_pass ✓ http://app takes the request site.conf:${lineOf("proxy_pass http://app;\n        }")}`);
    expect(found).toContain(`upstream http://app site.conf:${lineOf("upstream app")}`);
    expect(found).toContain("server 127.0.0.1:1 weight=3");
    expect(found).toContain("server 127.0.0.1:2 backup");
    expect(found).toContain("GET /named/x?y HTTP/1.1");
    expect(found).toContain(`Host: example.com site.conf:${lineOf("proxy_set_header Host")}`);
    expect(found).toContain(`X-Real-IP: 127.0.0.1 site.conf:${lineOf("proxy_set_header X-Real")}`);
    expect(found).toContain("X-Test: 1");
    expect(found).toContain(`location @app proxy_read_timeout 7s site.conf:${lineOf("proxy_read_timeout")}`);
  });

  test("a uwsgi packet, decoded, with params from an included file", () => {
    const found = lines("http://example.com:8080/py/x", "-H", "X-Test: 1");
    expect(found.some((line) => /^uwsgi packet, modifier1 0, modifier2 0, \d+ bytes of vars$/.test(line))).toBe(true);
    expect(found).toContain("PATH_INFO /py/x params:1");
    expect(found).toContain("SCRIPT_NAME /py params:2");
    expect(found).toContain("HTTP_X_TEST 1");
  });

  test("warns of vars that uWSGI would not take by default", () => {
    const found = lines("http://example.com:8080/py/x", "-H", `X-Long: ${"a".repeat(4090)}`);
    expect(found.some((line) => line.endsWith("more than uWSGI takes by default (4096), set its buffer-size"))).toBe(true);
  });
});

describe("foregate explain: settings", () => {
  test("shows what had a part in the answer, and leaves out the rest", () => {
    const found = lines("http://example.com:8080/new/x");
    expect(found).toContain(`http add_header X-Always yes always site.conf:${lineOf("add_header X-Always")}`);
    expect(found.filter((line) => /keepalive_timeout|access_log|error_log|X-Good|proxy_/.test(line))).toEqual([]);
  });
});

describe("foregate explain: forms", () => {
  test("control characters of a request do not reach the terminal", () => {
    const { stdout } = explain("http://example.com:8080/%1b%5b31m%0a");
    expect(stdout).toContain("\\x1B[31m\\x0A");
    expect(stdout).not.toContain("\x1b");
  });

  test("UTF-8 is shown as such, and columns count characters", () => {
    const found = Buffer.from(explain("http://example.com:8080/docs/api/é").stdout, "latin1").toString();
    expect(found).toContain("  api /docs/api/é\n");
  });

  test.each(["//docs//api/x", "/docs/./api/x", "/docs/y/../api/x", "/%64ocs/api/x", "/docs/api/x#fragment"])(
    "%s is judged by the server, not by the command line",
    (target) => expect(lines(`http://example.com:8080${target}`)).toContain("api /docs/api/x"),
  );

  test("dots above the root are answered as the server does", () => {
    expect(lines("http://example.com:8080/%2e%2e/x")).toContain("answer 400 Bad Request");
  });

  test("a configuration with mistakes is shown with its code, and the exit code is 1", () => {
    const { code, stdout, stderr } = runForegate(["explain", "-c", "wrong.conf", "/"], dir);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain('unknown directive "lissten"');
    expect(stderr).toContain('unknown directive "rot"');
    expect(stderr.match(/\| +\^+/g)).toHaveLength(2);
  });

  test("--json has the documented shape", () => {
    const found = JSON.parse(explain("--json", "http://example.com:8080/named/x").stdout);
    expect(Object.keys(found)).toEqual(["request", "listen", "steps", "server", "location", "settings", "upstream", "answer"]);
    const place = { file: `${dir}/site.conf`, line: lineOf("location @app") };
    expect(found).toMatchObject({
      request: "GET /named/x HTTP/1.1",
      listen: { address: "127.0.0.1:8080", place: { file: `${dir}/site.conf`, line: 10 } },
      server: { name: "example.com" },
      location: { label: "@app", place },
      answer: null,
    });
    expect(found.upstream).toMatchObject({ protocol: "http", url: "http://app", requestLine: "GET /named/x HTTP/1.1" });
    for (const step of found.steps) expect(Object.keys(step)).toEqual(["step", "subject", "text", "won", "place"]);
  });

  test("--json gives the answer with its file, its fields and the text of return", () => {
    const file = JSON.parse(explain("--json", "http://example.com:8080/a.txt").stdout);
    expect(file).toMatchObject({ upstream: null, answer: { status: 200, reason: "OK", file: `${dir}/www/a.txt`, body: null } });
    const text = JSON.parse(explain("--json", "http://example.com:8080/docs/api/").stdout);
    expect(text.answer).toMatchObject({ status: 200, file: null, body: "api /docs/api/\n" });
    expect(text.answer.fields).toContainEqual(["Content-Type", "text/plain"]);
  });
});

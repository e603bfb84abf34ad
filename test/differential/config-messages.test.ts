import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { bind } from "../../src/config/bind.ts";
import { type Diagnostic, inReadingOrder } from "../../src/config/diagnostic.ts";
import { readConfig } from "../../src/config/include.ts";
import { positionOf } from "../../src/config/source.ts";
import { requireOracle } from "../harness/oracle.ts";
import { siteDirectives } from "../unit/config/site-directives.ts";

/** What the real nginx says first about a bad configuration is what we say first, word for word; and it takes what we take. */

const describeAgainstNginx = requireOracle("nginx");

const NGINX = process.env["NGINX"] ?? "/usr/sbin/nginx";

const http = (content: string): string => `events {}\nhttp {\n${content}\n}\n`;
const server = (content: string): string => http(`server {\n${content}\n}`);
const location = (content: string): string => server(`location /a {\n${content}\n}`);

/** Bad configurations, by what is wrong in them. */
const ROWS: Readonly<Record<string, string>> = {
  // Tokens.
  "a letter behind a closing quote": server('root "a"b;'),
  "a quote behind a closing quote": server("root 'a''b';"),
  "a comment sign behind a closing quote": server('root "a"# x\n;'),
  "a brace behind a closing quote": server('root "a"}'),
  "a semicolon alone": server(";"),
  "a semicolon behind a block": http("server {\n};"),
  "an opening brace alone": server("{ }"),
  "a closing brace too many": `${server("root a;")}}\n`,
  "a closing brace instead of a semicolon": server("root a\n"),
  "a closing brace at once": "}",
  "the end in a word": "events",
  "the end behind a word": "events ",
  "the end behind a comment": "events # x",
  "the end in a quoted word": 'events {}\nhttp { server { root "a; }\n}\n',
  "the end in a single-quoted word": "events {}\nhttp { server { root 'a; }\n}\n",
  "the end behind a backslash": "events {}\nhttp { server { root a\\",
  "the end in a block": "events {",
  "the end in two blocks": "events {}\nhttp {\n  server {\n    root a;\n  }\n",
  "a semicolon behind a backslash": "events {}\nhttp { server { root a\\; } }\n",
  "a brace behind a dollar": "events {}\nhttp { server { root ${; } }\n",
  "a block inside a block of lines": http("types { a { } }"),
  "an escaped quote that keeps the quote open": "events {}\nhttp { server { root 'a\\'; }\n}\n",
  "a quote that closes only in a far line": `events {}\nhttp { server { root "a;\n${"    index b;\n".repeat(500)} } }\n`,
  "a parenthesis behind a closing quote": server('root "a")b;'),
  "a mark inside a word": server("root a}b c;"),
  "a comment sign inside a word": server("root a#b c;"),
  "carriage returns": "events {}\r\nhttp {\r\n  rot a;\r\n}\r\n",
  "a vertical tab": "events {}\nhttp {\v}\n",

  // Names, places, forms.
  "an unknown directive": server("rot a;"),
  "an unknown directive in the main context": "evnets {}\n",
  "an unknown block": http("srver { }"),
  "an unknown quoted directive": server('"rot" a;'),
  "an empty name": server('"" a;'),
  "a directive in the wrong block": http("location / { }"),
  "a directive in the main context": "root a;\n",
  "a directive of locations in a server": server("internal;"),
  "a server in a server": server("server { }"),
  "a directive of http in events": "events { root a; }\n",
  "a directive that is not allowed in an if": server("if ($a) { client_max_body_size 1; }"),
  "a directive with a block it does not take": server("root a { }"),
  "a block without its brace": http("server;"),
  "an events without its brace": "events;\n",
  "a block of lines without its brace": http("types a;"),
  "a missing semicolon before a block": server("root a\nlocation /b { }"),
  "a missing semicolon before a directive": server("root a\ntcp_nodelay on;"),
  "events twice": "events {}\nevents {}\n",
  "http twice": "events {}\nhttp {}\nhttp {}\n",

  // Numbers of arguments.
  "too few arguments": server("root;"),
  "too many arguments": server("root a b;"),
  "an argument where none is taken": location("internal on;"),
  "a location without a name": server("location { }"),
  "a location with three words": server("location ~ a b { }"),
  "a server with a word": http("server a { }"),
  "an if without a condition": server("if { }"),
  "a rewrite with one argument": server("rewrite a;"),
  "an include without a name": server("include;"),
  "an include with two names": server("include a b;"),
  "an include with a block": server("include a { }"),

  // Duplicates.
  "a directive twice": server("root a;\nroot b;"),
  "a flag twice": server("tcp_nodelay on;\ntcp_nodelay on;"),
  "an alias after a root": location("root a;\nalias b;"),
  "a root after an alias": location("alias b;\nroot a;"),

  // Values.
  "a flag that is neither on nor off": server("tcp_nodelay yes;"),
  "a flag that is empty": server('tcp_nodelay "";'),
  "a size that is no number": server("client_body_buffer_size x;"),
  "a size with g": server("client_body_buffer_size 1g;"),
  "a size with a fraction": server("client_body_buffer_size 1.5k;"),
  "a size that is negative": server("client_body_buffer_size -1;"),
  "a size that is empty": server('client_body_buffer_size "";'),
  "a size that is only a unit": server("client_body_buffer_size k;"),
  "a size with two units": server("client_body_buffer_size 1kk;"),
  "an offset with t": server("client_max_body_size 1t;"),
  "a time that is no number": server("client_body_timeout x;"),
  "a time with a month": server("client_body_timeout 1M;"),
  "a time with units out of order": server('client_body_timeout "1m 1h";'),
  "a time with a unit twice": server("client_body_timeout 1m1m;"),
  "a time with two blanks between numbers": server('client_body_timeout "1 1s";'),
  "a time that is empty": server('client_body_timeout "";'),
  "a time with a fraction": server("client_body_timeout 1.5s;"),
  "a time in whole seconds with milliseconds": server("ssl_session_timeout 500ms;"),
  "a number that is none": server("keepalive_requests x;"),
  "a number that is negative": server("keepalive_requests -1;"),
  "a number above its bounds": server("gzip_comp_level 10;"),
  "a number below its bounds": server("gzip_comp_level 0;"),
  "a bounded number that is none": server("gzip_comp_level x;"),
  "a status below its bounds": server("limit_req_status 399;"),
  "a status above its bounds": server("limit_req_status 600;"),
  "a word out of its set": server("satisfy some;"),
  "one word out of its set": server("proxy_next_upstream error nothing;"),
  "a burst that is no number": server("limit_req zone=a burst=x;"),
  "a limit_req without its zone": server("limit_req burst=1;"),
  "an unknown parameter": server("limit_req zone=a brst=1;"),

  // Variables.
  "a dollar at the end": server("root a$;"),
  "a dollar before a slash": server("root a$/b;"),
  "a brace that is not closed": server('root "a${b";'),
  "a brace closed by nothing at the end": server('root "a${";'),
  "a brace with a bad character": server('root "${a-b}";'),
  "an empty name in braces": server('root "${}";'),

  // Includes.
  "an include of no file": server("include nowhere.conf;"),
  "an include of no file by its whole path": server("include /nowhere/a.conf;"),
  "an unknown directive in an include": server("include unknown.conf;"),
  "a closing brace in an include": server("include closing.conf;"),
  "an end too early in an include": server("root a;\ninclude early.conf;"),
  "an open block in an include": server("include open.conf;"),
  "an unknown directive in an include by pattern": server("include parts/*.conf;"),
  "an unknown directive behind an include of nothing": server("include parts/*.none;\nrot a;"),
};

const FILES: Readonly<Record<string, string>> = {
  "unknown.conf": "\n\nrot a;\n",
  "closing.conf": "tcp_nodelay on;\n}\n",
  "early.conf": "tcp_nodelay on",
  "open.conf": "location /b {\n",
  "lines.types": "text/a a b;\n",
  "parts/b.conf": "second a;\n",
  "parts/a.conf": "first a;\n",
  "parts/.hidden.conf": "hidden a;\n",
};

/** Rows whose first message we put in another line, with the reason. */
const OTHER_LINE: Readonly<Record<string, string>> = {
  "the end in a quoted word": "we name the quote that is never closed, nginx the last line",
  "the end in a single-quoted word": "the same",
  "an escaped quote that keeps the quote open": "the same",
  "a missing semicolon before a block": "we name the line where the directive begins, nginx that where it ends",
  "a missing semicolon before a directive": "the same",
};

/** Configurations that are odd and right. */
const ACCEPTED: Readonly<Record<string, string>> = {
  "no blanks at all": "events{}http{server{root a;}}",
  "quoted names and values": "'events' {} \"http\" { server { \"root\" 'a'; } }",
  "an empty value": server('root "";'),
  "blanks behind a backslash": server("root a\\ b;"),
  "a semicolon behind a backslash": server("root a\\;b;"),
  "a brace in a variable": server("root /${host};"),
  "a closing brace in a word": server("root a};"),
  "a comment sign in a word": server("root a#b;"),
  "a quote in a word": server("root a\"b'c;"),
  "escapes in and out of quotes": server('root "a\\"b\\\\c\\td\\x"; client_body_timeout 1s; location /a { root a\\"b\\\\c; }'),
  "comments in every place": "# one\nevents { # two\n} # three\nhttp { #{\n} #}",
  "a comment that ends the file": "events {} http {} # end",
  "a value over many lines": server('root "a\n\n\nb";'),
  "a long value": server(`root ${"a".repeat(3000)};`),
  "carriage returns": "events {}\r\nhttp {\r\n}\r\n",
  "flags in capitals": server("tcp_nodelay ON; sendfile Off;"),
  "words in capitals": server("satisfy ANY;"),
  "a time of several units": server('client_body_timeout "1h 30m";'),
  "a time of several units without blanks": server("client_body_timeout 1w2d3h4m5s6ms;"),
  "a time with seconds and then a bare number": server('client_body_timeout "30s 1";'),
  "a time with a bare number and a blank": server('client_body_timeout "30 ";'),
  "a time that is only a unit behind a number": server('client_body_timeout "1h s";'),
  "a time of a bare number behind milliseconds": server('client_body_timeout "5ms 1";'),
  "a time with a year in whole seconds": server("ssl_session_timeout 1y2M;"),
  "a time with leading zeros": server("client_body_timeout 007s;"),
  "a size with capitals": server("client_body_buffer_size 1K; client_max_body_size 1G;"),
  "a size with leading zeros": server("client_body_buffer_size 0010;"),
  "a number with leading zeros": server("keepalive_requests 0010;"),
  "blocks of lines twice": http("types { text/a a; }\ntypes { text/b b c; }"),
  "a word twice": server("proxy_next_upstream error error;"),
  "an include of nothing by pattern": server("include parts/*.none; include nowhere/*/a;"),
  "an include in a block of lines": http("types { include lines.types; }"),
  "an include by a set": server("include [p-r]arts/[!a-z].conf;"),
};

const dir = mkdtempSync(join(tmpdir(), "config-messages-"));
mkdirSync(join(dir, "parts"));
for (const [name, text] of Object.entries(FILES)) writeFileSync(join(dir, name), text);
afterAll(() => rmSync(dir, { recursive: true }));

describeAgainstNginx("the first message about a bad configuration is nginx's", () => {
  it.each(Object.entries(ROWS))("for %s", (name, text) => {
    const path = writeConf(text);
    const ours = ourFirst(path);
    const nginx = runNginx(path).replace(/^.*\[emerg\] ([^\n]*)\n.*$/s, "$1");
    if (name in OTHER_LINE) {
      expect(ours.replace(/:\d+$/, "")).toBe(nginx.replace(/:\d+$/, ""));
      expect(ours, "the line is nginx's after all").not.toBe(nginx);
    } else {
      expect(ours).toBe(nginx);
    }
  });
});

describeAgainstNginx("nginx accepts what we accept", () => {
  it.each(Object.entries(ACCEPTED))("as %s", (_, text) => {
    const path = writeConf(text);
    expect(ourFirst(path)).toBe("accepted");
    expect(runNginx(path)).toContain("syntax is ok");
  });
});

function writeConf(text: string): string {
  const path = join(dir, "nginx.conf");
  writeFileSync(path, text, "latin1");
  return path;
}

function runNginx(path: string): string {
  const directives = `pid ${join(dir, "pid")};`;
  return spawnSync(NGINX, ["-t", "-e", join(dir, "error.log"), "-p", dir, "-c", path, "-g", directives], { encoding: "latin1" }).stderr;
}

/** "message in file:line" of the first mistake. */
function ourFirst(path: string): string {
  const { tree, diagnostics } = readConfig({ path, confPrefix: `${dir}/` });
  const all = [...diagnostics, ...bind(tree, [siteDirectives]).diagnostics];
  const first = inReadingOrder(all).find((diagnostic) => diagnostic.level === "emerg");
  return first === undefined ? "accepted" : inNginxForm(first);
}

function inNginxForm({ message, span }: Diagnostic): string {
  return span === undefined ? message : `${message} in ${span.source.path}:${positionOf(span).line}`;
}

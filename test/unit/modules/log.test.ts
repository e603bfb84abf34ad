import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Declarations } from "../../../src/boot/declarations.ts";
import { type Compilation, createScope } from "../../../src/boot/scope.ts";
import { type Block, bind, settings } from "../../../src/config/bind.ts";
import { block, defineDirectives } from "../../../src/config/define-directives.ts";
import type { Diagnostic } from "../../../src/config/diagnostic.ts";
import { parse } from "../../../src/config/parser.ts";
import { createSource } from "../../../src/config/source.ts";
import { coreVariables } from "../../../src/http/core/core-variables.ts";
import type { Services } from "../../../src/http/module.ts";
import type { LogHandler } from "../../../src/http/phase.ts";
import { VariableRegistry } from "../../../src/http/variables.ts";
import { createLogFiles } from "../../../src/log/create-log-files.ts";
import type { LogFiles } from "../../../src/log/log-file.ts";
import { logModule } from "../../../src/modules/log.ts";
import { makeRequest } from "../http/core/variables/request-fixture.ts";

const blocks = defineDirectives({
  http: block({ in: ["main"], context: "http" }),
  server: block({ in: ["http"], context: "server" }),
  location: block({ in: ["server"], context: "location", arity: 1 }),
});

let folder: string;
let logFiles: LogFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "foregate-log-"));
  logFiles = createLogFiles(() => undefined);
});

afterEach(() => {
  logFiles.close();
  rmSync(folder, { recursive: true });
});

interface CompiledLogs {
  /** By the location's name; "" is the server's own level. */
  readonly handlers: ReadonlyMap<string, LogHandler | undefined>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles the log module for the first server and its locations in the content of an `http` block. */
function compile(content: string): CompiledLogs {
  const source = createSource("test.conf", `http { ${content} }`);
  const parsed = parse(source);
  const bound = bind({ statements: parsed.statements, sources: [source] }, [blocks, logModule.directives]);
  const diagnostics: Diagnostic[] = [...parsed.diagnostics, ...bound.diagnostics];
  const variables = new VariableRegistry();
  variables.add(coreVariables);
  const compilation: Compilation = {
    variables,
    declarations: new Declarations(),
    // The cast holds because the log module asks for nothing else.
    services: { logFiles } as unknown as Services,
    paths: { confPrefix: `${folder}/`, prefix: `${folder}/`, errorLog: "stderr" },
    diagnostics,
    compilePseudoLocation: () => {
      throw new Error("No pseudo-location is compiled here");
    },
  };
  const [http] = bound.root.children;
  const server = http?.children[0];
  if (http === undefined || server === undefined) return { handlers: new Map(), diagnostics };
  const levels: readonly Block[] = [server, ...server.children];
  for (const level of [http, ...levels]) logModule.declare?.(settings(level, logModule.directives), createScope(compilation, level, ""));
  const handlers = levels.map((level): [string, LogHandler | undefined] => {
    const handler = logModule.log?.(settings(level, logModule.directives), createScope(compilation, level, ""));
    return [level.args[0]?.text ?? "", handler];
  });
  return { handlers: new Map(handlers), diagnostics };
}

function messagesOf(content: string): string[] {
  return compile(content).diagnostics.map((diagnostic) => diagnostic.message);
}

function logTo(handlers: CompiledLogs["handlers"], location = "", root = "/srv/www"): void {
  const { r } = makeRequest({ target: "/x?debug=1", settings: { documentRoot: () => root } });
  r.status = 200;
  handlers.get(location)?.(r);
}

function content(name: string): string {
  logFiles.open(join(folder, name)).flush();
  return readFileSync(join(folder, name), "latin1");
}

describe("access_log", () => {
  it("writes a line in the named format", () => {
    const { handlers, diagnostics } = compile('log_format short "$status $request_uri"; access_log a.log short; server { }');
    logTo(handlers);
    expect([diagnostics, content("a.log")]).toEqual([[], "200 /x?debug=1\n"]);
  });

  it("writes to every log of its level, each in its format", () => {
    const { handlers } = compile("log_format s $status; log_format u $uri; server { access_log a.log s; access_log b.log u; }");
    logTo(handlers);
    expect([content("a.log"), content("b.log")]).toEqual(["200\n", "/x\n"]);
  });

  it("of an inner level replaces the outer ones", () => {
    const { handlers } = compile("log_format s $status; access_log a.log s; server { location /l { access_log b.log s; } }");
    logTo(handlers, "/l");
    expect([content("a.log"), content("b.log")]).toEqual(["", "200\n"]);
  });

  it("off cancels all logs of its level, wherever it stands", () => {
    const { handlers } = compile("access_log a.log; server { location /l { access_log b.log; access_log off; } }");
    expect([handlers.get("") !== undefined, handlers.get("/l")]).toEqual([true, undefined]);
  });

  it("if= leaves out requests for which the text is empty or 0", () => {
    const { handlers } = compile(
      "log_format s $status; server { access_log yes.log s if=$arg_debug; access_log no.log s if=$arg_none; access_log zero.log s if=0; }",
    );
    logTo(handlers);
    expect([content("yes.log"), content("no.log"), content("zero.log")]).toEqual(["200\n", "", ""]);
  });

  it("holds lines back with buffer=, for every log of that file", () => {
    const { handlers } = compile(
      "log_format s $status; server { access_log a.log s; location /l { access_log a.log s buffer=1k flush=1m; } }",
    );
    logTo(handlers);
    logTo(handlers, "/l");
    expect(readFileSync(join(folder, "a.log"), "latin1")).toBe("");
    expect(content("a.log")).toBe("200\n200\n");
  });

  it.each([
    ["server { access_log a.log nope; }", 'unknown log format "nope"'],
    ["server { access_log off foo; }", 'invalid parameter "foo"'],
    ["server { access_log a.log combined zz; }", 'invalid parameter "zz"'],
    ["server { access_log a.log combined buffer=0; }", 'invalid buffer size "0"'],
    ["server { access_log a.log combined buffer=x; }", 'invalid buffer size "x"'],
    ["server { access_log a.log combined flush=x; }", 'invalid flush time "x"'],
    ["server { access_log a.log combined flush=1s; }", 'no buffer is defined for access_log "a.log"'],
    ["server { access_log a.log combined if=$nope; }", 'unknown "nope" variable'],
    ["server { access_log /nonexistent/a.log; }", 'open() "/nonexistent/a.log" failed (2: No such file or directory)'],
    ["log_format combined a; server { }", 'duplicate "log_format" name "combined"'],
    ["log_format x a; log_format x b; server { }", 'duplicate "log_format" name "x"'],
    ["log_format unused $nope; server { }", 'unknown "nope" variable'],
    ["server { access_log a.log combined gzip=0; }", 'invalid compression level "0"'],
    ["server { access_log a.log combined gzip=10; }", 'invalid compression level "10"'],
    ["server { access_log a.log combined gzip=; }", 'invalid compression level ""'],
    ["server { access_log a.log combined gzipped; }", 'invalid parameter "gzipped"'],
    ["server { access_log $host.log combined gzip; }", "buffered logs cannot have variables in name"],
    ["server { access_log $host.log combined buffer=1k; }", "buffered logs cannot have variables in name"],
    ["server { access_log $host.log combined flush=1s; }", 'no buffer is defined for access_log "$host.log"'],
    ["server { access_log $nope.log; }", 'unknown "nope" variable'],
    ["server { access_log a$.log; }", "invalid variable name"],
    ["server { access_log syslog:server=127.0.0.1 combined buffer=1k; }", "logs to syslog cannot be buffered"],
    ["server { access_log syslog:server=127.0.0.1 nope; }", 'unknown log format "nope"'],
    ["access_log off; server { open_log_file_cache max=0; }", '"open_log_file_cache" must have "max" parameter'],
    ["access_log off; server { open_log_file_cache max=x; }", 'invalid "open_log_file_cache" parameter "max=x"'],
    ["access_log off; server { open_log_file_cache max=1 inactive=1ms; }", 'invalid "open_log_file_cache" parameter "inactive=1ms"'],
    ["access_log off; server { open_log_file_cache valid=1; }", '"open_log_file_cache" must have "max" parameter'],
    ["access_log off; server { open_log_file_cache on; }", 'invalid "open_log_file_cache" parameter "on"'],
  ])("%s is refused", (conf, message) => {
    const logsFolder = conf.includes("log_format") ? "access_log off; " : "";
    expect(messagesOf(logsFolder + conf)).toEqual([message]);
  });

  it("refuses a unix domain socket where there is no logger to send with", () => {
    vi.stubEnv("PATH", folder);
    try {
      expect(messagesOf("server { access_log syslog:server=unix:/dev/log; }")).toEqual([
        expect.stringMatching(/^cannot log to syslog server "unix:\/dev\/log": unix domain sockets need the program logger of util-linux/),
      ]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("finds a format in any case, the first in the file first", () => {
    const { handlers, diagnostics } = compile("log_format One $status; log_format oNE $uri; server { access_log a.log ONE; }");
    logTo(handlers);
    expect([diagnostics, content("a.log")]).toEqual([[], "200\n"]);
  });

  it("names a file by the request, below the prefix", async () => {
    const { handlers, diagnostics } = compile("log_format s $status; server { access_log $arg_debug$status.log s; }");
    logTo(handlers, "", folder);
    await turn();
    expect([diagnostics, readFileSync(join(folder, "1200.log"), "latin1")]).toEqual([[], "200\n"]);
  });

  it("names no file without the request's root directory", async () => {
    const { handlers } = compile("log_format s $status; server { access_log $status.log s; }");
    logTo(handlers, "", join(folder, "none"));
    await turn();
    expect(existsSync(join(folder, "200.log"))).toBe(false);
  });

  it("refuses a file compressed in two ways", () => {
    const conf = "server { access_log a.log combined gzip; location /l { access_log a.log combined gzip=2; } }";
    expect(messagesOf(conf)).toEqual(['access_log "a.log" already defined with conflicting parameters']);
  });

  it("refuses a file buffered in two ways", () => {
    const conf = "server { access_log a.log combined buffer=1k; location /l { access_log a.log combined buffer=2k; } }";
    expect(messagesOf(conf)).toEqual(['access_log "a.log" already defined with conflicting parameters']);
  });

  it("without any access_log goes to logs/access.log below the prefix", () => {
    expect(messagesOf("server { }")).toEqual([`open() "${join(folder, "logs/access.log")}" failed (2: No such file or directory)`]);
  });
});

import { describe, expect, it } from "vitest";
import { bind, settings } from "../../../src/config/bind.ts";
import { parse } from "../../../src/config/parser.ts";
import { createSource } from "../../../src/config/source.ts";
import { errorLogDirectives, errorLogTargets } from "../../../src/http/core/error-log.ts";

function read(text: string) {
  const source = createSource("test.conf", text);
  const { root, diagnostics } = bind({ statements: parse(source).statements, sources: [source] }, [errorLogDirectives]);
  return {
    targets: errorLogTargets(settings(root, errorLogDirectives).error_log, "/prefix/"),
    messages: diagnostics.map((diagnostic) => diagnostic.message),
  };
}

describe("error_log", () => {
  it("is logs/error.log from level error on where nothing is said", () => {
    expect(read("").targets).toEqual([{ path: "/prefix/logs/error.log", level: "error", format: "text" }]);
  });

  it("reads several logs with levels and forms", () => {
    expect(read("error_log e.log warn; error_log /x.json format=json; error_log stderr notice format=text;").targets).toEqual([
      { path: "/prefix/e.log", level: "warn", format: "text" },
      { path: "/x.json", level: "error", format: "json" },
      { path: "stderr", level: "notice", format: "text" },
    ]);
  });

  it("reads a syslog server beside files", () => {
    const { targets, messages } = read("error_log syslog:server=[::1]:5140,tag=t warn; error_log e.log;");
    expect(messages).toEqual([]);
    expect(targets).toEqual([
      {
        path: "syslog:server=[::1]:5140,tag=t",
        level: "warn",
        format: "text",
        syslog: { server: { kind: "inet", host: "::1", port: 5140 }, facility: 23, severity: 6, tag: "t", omitsHostname: false },
      },
      { path: "/prefix/e.log", level: "error", format: "text" },
    ]);
  });

  it("takes nginx's debug parts as debug", () => {
    expect(read("error_log stderr debug_http debug_core;").targets).toMatchObject([{ level: "debug" }]);
  });

  it.each([
    ["error_log e.log bad;", 'invalid log level "bad"'],
    ["error_log e.log error info;", 'duplicate log level "info"'],
    ["error_log e.log debug debug_http;", 'invalid log level "debug_http"'],
    ["error_log e.log debug_http debug;", 'duplicate log level "debug"'],
    ["error_log e.log error debug_http;", 'invalid log level "debug_http"'],
    ["error_log e.log format=xml;", 'invalid parameter "format=xml"'],
    ["error_log memory:1m;", "error_log to memory is not supported"],
    ["error_log syslog:;", 'unknown syslog parameter ""'],
    ["error_log syslog:tag=x debug;", "no syslog server specified"],
  ])("%s is refused as nginx refuses it", (conf, message) => {
    expect(read(conf).messages).toEqual([message]);
  });
});

import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../../src/config/diagnostic.ts";
import { createReport } from "../../../src/config/report.ts";
import { createSource } from "../../../src/config/source.ts";
import { coreVariables } from "../../../src/http/core/core-variables.ts";
import type { RequestContext } from "../../../src/http/request-context.ts";
import { VariableRegistry } from "../../../src/http/variables.ts";
import { COMBINED, compileLogFormat, type LogFormat, parseLogFormat } from "../../../src/modules/log/log-format.ts";
import { makeRequest } from "../http/core/variables/request-fixture.ts";

const registry = new VariableRegistry();
registry.add(coreVariables);
const ODD_INDEX = registry.declare("odd");

const scope = {
  readerOf: ({ variable }: { readonly variable: string }) => registry.resolve(variable) ?? (() => `?${variable}?`),
  isBuiltIn: (name: string) => registry.isBuiltIn(name),
};

function parse(...texts: readonly string[]): { format: LogFormat | undefined; messages: string[] } {
  const diagnostics: Diagnostic[] = [];
  const source = createSource("test.conf", texts.join(" "));
  const span = { source, start: 0, end: source.text.length };
  const report = createReport({ name: { text: "log_format", quoted: false, span }, span }, diagnostics);
  const format = parseLogFormat(
    texts.map((text) => ({
      text,
      quoted: false,
      span: { source, start: source.text.indexOf(text), end: source.text.indexOf(text) + text.length },
    })),
    report,
  );
  return { format, messages: diagnostics.map((diagnostic) => diagnostic.message) };
}

function render(r: RequestContext, ...texts: readonly string[]): string {
  const { format } = parse("name", ...texts);
  if (format === undefined) throw new Error("The format was refused");
  return compileLogFormat(format, scope)(r);
}

describe("the combined format", () => {
  it("prints what nginx prints", () => {
    const fields = [
      ["Host", "a"],
      ["Authorization", "Basic am9lOng="],
      ["User-Agent", 'curl/8 "x"'],
    ] as const;
    const { r } = makeRequest({ target: "/a?b", fields });
    r.status = 200;
    r.bodyBytesSent = 612;
    expect(compileLogFormat(COMBINED, scope)(r)).toMatch(
      /^192\.0\.2\.7 - joe \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET \/a\?b HTTP\/1\.1" 200 612 "-" "curl\/8 \\x22x\\x22"\n$/,
    );
  });
});

describe("log_format", () => {
  const odd = makeRequest({
    fields: [
      ["X", 'q"b\\s\x7f\xff\x01\x09t'],
      ["E", ""],
    ],
    target: "/?a=",
  }).r;

  it("escape=default writes unsafe bytes as \\xHH", () => {
    expect(render(odd, "[$http_x]")).toBe("[q\\x22b\\x5Cs\\x7F\\xFF\\x01\\x09t]\n");
  });

  it("escape=json writes what a JSON string may hold", () => {
    expect(render(odd, "escape=json", "[$http_x][$http_none]")).toBe('[q\\"b\\\\s\x7f\xff\\u0001\\tt][]\n');
  });

  it("escape=none writes values as they are", () => {
    expect(render(odd, "escape=none", "[$http_x][$http_none]")).toBe('[q"b\\s\x7f\xff\x01\x09t][]\n');
  });

  it('prints "-" for a variable without a value, and nothing for an empty one', () => {
    expect(render(odd, "[$http_e][$http_none][$arg_a][$arg_z][$is_args][$https][$remote_user][$cookie_a]")).toBe("[][-][][-][?][][-][-]\n");
  });

  it("prints nothing for an empty variable that the configuration sets", () => {
    const { r } = makeRequest();
    r.values = [];
    r.values[ODD_INDEX] = "";
    expect(render(r, "[$odd]")).toBe("[]\n");
  });

  it("escapes the value of a variable that the configuration sets", () => {
    const { r } = makeRequest();
    r.values = [];
    r.values[ODD_INDEX] = "a\nb";
    expect(render(r, "[$odd]")).toBe("[a\\x0Ab]\n");
  });

  it("joins its strings without anything between them", () => {
    expect(render(makeRequest().r, "a", ["$", "{request_method}b"].join(""), "$server_port")).toBe("aGETb8080\n");
  });

  it("prints a format without variables", () => {
    expect(render(makeRequest().r, "hit")).toBe("hit\n");
  });

  it.each([
    [["x", "$"], 'invalid parameter "$"'],
    [["x", "a $ b"], 'invalid parameter "$ b"'],
    [["x", "${a b"], 'the closing bracket in "a" variable is missing'],
    [["x", "escape=foo", "a"], 'unknown log format escaping "foo"'],
  ])("refuses %j as nginx does", (args, message) => {
    expect(parse(...args)).toEqual({ format: undefined, messages: [message] });
  });
});

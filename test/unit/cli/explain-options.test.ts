import { describe, expect, test } from "vitest";
import { parseExplainOptions } from "../../../src/cli/explain-options.ts";

describe("parseExplainOptions()", () => {
  test("reads the URL with GET and no fields by default", () => {
    expect(parseExplainOptions(["http://example.com/a"])).toMatchObject({
      url: "http://example.com/a",
      method: "GET",
      fields: [],
      json: false,
    });
  });

  test("reads method, fields in order, and where the configuration is", () => {
    const options = parseExplainOptions(["-c", "a.conf", "-p", "/srv", "-X", "POST", "-H", "X-A: 1", "-HX-B:2 ", "--json", "/a"]);
    expect(options).toMatchObject({
      conf: "a.conf",
      prefix: "/srv",
      method: "POST",
      json: true,
      url: "/a",
      fields: [
        ["X-A", "1"],
        ["X-B", "2"],
      ],
    });
  });

  test("gives undefined where help is asked for", () => {
    expect(parseExplainOptions(["-h"])).toBeUndefined();
  });

  test.each([
    [[], "explain requires a URL"],
    [["/a", "/b"], 'one URL at a time: "/a" was given before "/b"'],
    [["-H", "no colon", "/a"], 'invalid field "no colon": it must be "Name: value"'],
    [["-X"], 'option "-X" requires method'],
    [["--yaml", "/a"], 'invalid option: "--yaml"'],
  ])("refuses %j", (args, error) => {
    expect(parseExplainOptions(args)).toEqual({ error });
  });
});

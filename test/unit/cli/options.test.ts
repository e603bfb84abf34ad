import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type OptionError, type Options, parseOptions } from "../../../src/cli/options.ts";

function parsed(...args: readonly string[]): Options {
  const outcome = parseOptions(args);
  if ("error" in outcome) throw new Error(outcome.error);
  return outcome;
}

function refused(...args: readonly string[]): string {
  return (parseOptions(args) as OptionError).error;
}

describe("parseOptions()", () => {
  test("gives nothing for no words", () => {
    expect(parsed()).toEqual({
      help: false,
      version: "none",
      test: "none",
      quiet: false,
      signal: undefined,
      conf: undefined,
      prefix: undefined,
      directives: undefined,
      errorLog: undefined,
    });
  });

  test("reads a value as the next word or behind its flag", () => {
    expect(parsed("-c", "a.conf", "-p/srv", "-g", "daemon off;", "-e", "stderr")).toMatchObject({
      conf: "a.conf",
      prefix: "/srv",
      directives: "daemon off;",
      errorLog: "stderr",
    });
  });

  test("reads flags that stand together, the last of them with a value", () => {
    expect(parsed("-tqc", "a.conf")).toMatchObject({ test: "check", quiet: true, conf: "a.conf" });
    expect(parsed("-tqca.conf")).toMatchObject({ test: "check", quiet: true, conf: "a.conf" });
  });

  test("lets -T stand above -t and -V above -v", () => {
    expect(parsed("-tT", "-vV")).toMatchObject({ test: "dump", version: "long" });
  });

  test("takes an empty value and a lone dash, as nginx does", () => {
    expect(parsed("-e", "", "-")).toMatchObject({ errorLog: "" });
  });

  test("takes the last of repeated values", () => {
    expect(parsed("-c", "a", "-c", "b").conf).toBe("b");
  });

  test.each(["stop", "quit", "reopen", "reload"] as const)("knows the signal %s", (word) => {
    expect(parsed("-s", word).signal).toBe(word);
  });

  test.each([
    [["-x"], 'invalid option: "x"'],
    [["-tz"], 'invalid option: "z"'],
    [["file.conf"], 'invalid option: "file.conf"'],
    [["-c"], 'option "-c" requires file name'],
    [["-e"], 'option "-e" requires file name'],
    [["-p"], 'option "-p" requires directory name'],
    [["-g"], 'option "-g" requires parameter'],
    [["-s"], 'option "-s" requires parameter'],
    [["-s", "halt"], 'invalid option: "-s halt"'],
  ])("refuses %j", (args, message) => {
    expect(refused(...args)).toBe(message);
  });

  test("gives paths as bytes", () => {
    expect(parsed("-c", "ö.conf").conf).toBe("\xc3\xb6.conf");
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom("-t", "-c", "-s", "-p/x", "--"))), (args) => {
        parseOptions(args);
      }),
      { numRuns: 300 },
    );
  });
});

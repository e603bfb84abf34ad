import { describe, expect, test } from "vitest";
import type { ConfigReader } from "../../../src/config/config-reader.ts";
import { readConfig } from "../../../src/config/include.ts";
import { printSources } from "../../../src/config/print.ts";
import { type ConfigRecording, recordReader, replayReader } from "../../../src/config/recorded-reader.ts";

/** Files by path, which may be changed while a test runs. */
function memoryReader(files: Map<string, string>): ConfigReader {
  return {
    read: (path) => {
      const text = files.get(path);
      return text === undefined ? { failure: `open() "${path}" failed (2: No such file or directory)` } : { text };
    },
    list: (directory) => {
      const names = [...files.keys()]
        .filter((path) => path.startsWith(directory))
        .map((path) => path.slice(directory.length).split("/")[0] ?? "");
      return names.length === 0 ? undefined : [...new Set(names)];
    },
  };
}

const throughJson = (recording: ConfigRecording): ConfigRecording => JSON.parse(JSON.stringify(recording)) as ConfigRecording;
const read = (reader: ConfigReader): ReturnType<typeof readConfig> => readConfig({ path: "/c/main.conf", confPrefix: "/c/", reader });

describe("a recording", () => {
  test("reads as the files were, globs and all, after they have changed", () => {
    const files = new Map([
      ["/c/main.conf", "include d/*.conf; include e/*;"],
      ["/c/d/1.conf", "a \xff;"],
      ["/c/d/2.conf", "b;"],
    ]);
    const reader = recordReader(memoryReader(files));
    const before = read(reader);
    const recording = throughJson(reader.recording());
    files.clear();
    files.set("/c/d/3.conf", "c;");
    const after = read(replayReader(recording));
    expect(after.diagnostics).toEqual(before.diagnostics);
    expect(printSources(after.tree)).toBe(printSources(before.tree));
    expect(after.tree.sources.map((source) => source.path)).toEqual(["/c/main.conf", "/c/d/1.conf", "/c/d/2.conf"]);
  });

  test("keeps what could not be read", () => {
    const reader = recordReader(memoryReader(new Map([["/c/main.conf", "include gone.conf;"]])));
    const before = read(reader);
    expect(read(replayReader(throughJson(reader.recording()))).diagnostics.map((each) => each.message)).toEqual(
      before.diagnostics.map((each) => each.message),
    );
    expect(before.diagnostics[0]?.message).toContain("/c/gone.conf");
  });

  test("asks each question once, so that a file that changes while it is read is one text", () => {
    const files = new Map([["/c/main.conf", "one;"]]);
    const reader = recordReader(memoryReader(files));
    reader.read("/c/main.conf");
    files.set("/c/main.conf", "two;");
    expect(reader.read("/c/main.conf")).toEqual({ text: "one;" });
  });

  test("knows no file that was not asked for", () => {
    const reader = replayReader({ files: [], directories: [] });
    expect(reader.read("/etc/passwd")).toEqual({ failure: `open() "/etc/passwd" failed (2: No such file or directory)` });
    expect(reader.list("/etc")).toBeUndefined();
  });
});

/** The command line's messages and exit codes are those of the real nginx, but for the program's name. */

import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { runForegate, runNginx } from "./run-program.ts";

const CONF = "events {}\nhttp { access_log off; server { listen 127.0.0.1:1; } }\n";

let dir = "";
beforeAll(() => {
  dir = createPrefix({
    "logs/": "",
    "ok.conf": CONF,
    "bad.conf": "events {}\nhttp { lissten; }\n",
    "unterminated.conf": "events {}\nhttp {",
    "included.conf": "events {}\ninclude part.conf;\n",
    "part.conf": "http { server { listen 127.0.0.1:1; } access_log off; root a b; }\n",
    "dead.pid": "999999\n",
    "text.pid": "none\n",
    "empty.pid": "",
  });
});
afterAll(() => removePrefix(dir));

/** Where a configuration is named, the rest of nginx's arguments come along. */
function configured(...args: readonly string[]): readonly string[] {
  return ["-p", dir, "-e", "logs/e.log", ...args];
}

/** What both programs must say alike: no code frames, no notices, one name. */
function comparable(stderr: string): string {
  return stderr
    .split("\n")
    .filter((line) => /^(nginx|foregate): (?!\[notice\])/.test(line))
    .map((line) => line.replace(/^nginx:/, "foregate:"))
    .join("\n");
}

const ROWS: readonly (readonly [name: string, args: () => readonly string[]])[] = [
  ["an unknown flag", () => ["-x"]],
  ["an unknown flag among known ones", () => ["-tqx"]],
  ["a word that is no flag", () => ["start"]],
  ["-c without a value", () => ["-c"]],
  ["-e without a value", () => ["-t", "-e"]],
  ["-p without a value", () => ["-p"]],
  ["-g without a value", () => ["-g"]],
  ["-s without a value", () => ["-s"]],
  ["-s with an unknown word", () => ["-s", "restart"]],
  ["-t of a good file", () => configured("-t", "-c", "ok.conf")],
  ["-t with the value behind its flag", () => ["-t", `-p${dir}`, "-elogs/e.log", "-cok.conf"]],
  ["-t of a path with dots", () => configured("-t", "-c", "./logs/../ok.conf")],
  ["-t -q of a good file", () => configured("-tq", "-c", "ok.conf")],
  ["-t of a bad file", () => configured("-t", "-c", "bad.conf")],
  ["-t -q of a bad file", () => configured("-t", "-q", "-c", "bad.conf")],
  ["-t of an unterminated file", () => configured("-t", "-c", "unterminated.conf")],
  ["-t of a file with a mistake in an include", () => configured("-t", "-c", "included.conf")],
  ["-t of no file", () => configured("-t", "-c", "none.conf")],
  ["a start on no file", () => configured("-c", "none.conf")],
  ["a start on a bad file", () => configured("-c", "bad.conf")],
  ["a mistake in -g", () => configured("-t", "-c", "ok.conf", "-g", "nonsense;")],
  ["an unterminated -g", () => configured("-t", "-c", "ok.conf", "-g", "worker_processes 1")],
  ["-s without a pid file", () => configured("-s", "stop", "-c", "ok.conf", "-g", "pid none.pid;")],
  ["-s with a pid file in no directory", () => configured("-s", "quit", "-c", "ok.conf", "-g", "pid none/none.pid;")],
  ["-s with an empty pid file", () => configured("-s", "reload", "-c", "ok.conf", "-g", "pid empty.pid;")],
  ["-s with a pid file that holds no number", () => configured("-s", "reopen", "-c", "ok.conf", "-g", "pid text.pid;")],
  ["-s to a process that is gone", () => configured("-s", "stop", "-c", "ok.conf", "-g", "pid dead.pid;")],
  ["-s with a bad configuration", () => configured("-s", "reload", "-c", "bad.conf", "-g", "pid dead.pid;")],
];

requireOracle("nginx")("foregate and nginx", () => {
  test.each(ROWS)("say the same and exit alike for %s", (_name, args) => {
    const ours = runForegate(args(), dir);
    const theirs = runNginx(args(), dir);
    expect(comparable(ours.stderr)).toBe(comparable(theirs.stderr));
    expect(ours.code).toBe(theirs.code);
  });

  test("dump the same text for -T", () => {
    writeFileSync(
      `${dir}/whole.conf`,
      "include head.conf;\nhttp { include head.d/*.conf; access_log off; server { listen 127.0.0.1:1; } }",
    );
    writeFileSync(`${dir}/head.conf`, "# bytes \xff\xfe\nevents {}\n", "latin1");
    const args = configured("-T", "-q", "-c", "whole.conf");
    expect(runForegate(args, dir).stdout).toBe(runNginx(args, dir).stdout);
  });
});

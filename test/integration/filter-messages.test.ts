/** What is wrong with the directives of the body filters at load is said in the words of the real nginx. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { runForegate, runNginx } from "./run-program.ts";

let dir = "";
beforeAll(() => {
  dir = createPrefix({ "logs/": "" });
});
afterAll(() => removePrefix(dir));

/** `directives` stand in http, which also has a server. */
function messageOf(run: typeof runNginx, directives: string): { readonly code: number | null; readonly message: string } {
  writeFileSync(join(dir, "t.conf"), `events {} http { access_log off; ${directives}\n server { listen 127.0.0.1:1; } }`);
  const { code, stderr } = run(["-t", "-p", dir, "-e", "logs/e.log", "-c", "t.conf"], dir);
  const [message = ""] = /\[(?:emerg|warn)\] .*/.exec(stderr.replaceAll(/.*super-user privileges.*\n/g, "")) ?? [];
  // nginx names no place for what it finds out after the directive; we do. Its process id stands before the message.
  return { code, message: message.replace(/ in \S+t\.conf:\d+$/, "").replace(/\] \d+#\d+: /, "] ") };
}

requireOracle("nginx")("body filters at load", () => {
  test.each([
    'sub_filter "" x;',
    "sub_filter a;",
    "sub_filter a b c;",
    "sub_filter a $nowhere_to_be_found;",
    "sub_filter_once maybe;",
    "sub_filter_types text/html;",
    "sub_filter_types text/css text/css;",
    "charset;",
    "charset $nowhere_to_be_found;",
    "charset utf-8; charset koi8-r;",
    "charset utf-8; source_charset koi8-r;",
    "charset utf-8; source_charset UTF-8;",
    "charset off; source_charset koi8-r;",
    "charset_types text/html;",
    "charset_map a A { }",
    "charset_map a b { } charset_map b a { }",
    "charset_map a b { 80; }",
    "charset_map a b { 80 81 82; }",
    "charset_map a b { 100 80; }",
    "charset_map a b { 80 8G; }",
    "charset_map a utf-8 { 80 80; }",
    "charset_map a utf-8 { 80 C3; }",
    "charset_map a utf-8 { 80 E282AC; FF C3A9; }",
    "override_charset maybe;",
    "gunzip maybe;",
    "gunzip on; gunzip_buffers 4 8k;",
    "gunzip_buffers 4;",
    "userid maybe;",
    "userid on; userid log;",
    "userid_service x;",
    "userid_service 5;",
    "userid_mark ab;",
    "userid_mark *;",
    "userid_mark off;",
    "userid_expires never;",
    "userid_expires max;",
    "userid_flags fast;",
    "userid_flags secure httponly samesite=strict;",
    "userid_flags secure secure;",
    "userid_flags a b c d;",
    "add_trailer X-A;",
    "add_trailer X-A 1 always;",
    "add_trailer X-A 1 never;",
  ])("%s", (directives) => {
    expect(messageOf(runForegate, directives)).toEqual(messageOf(runNginx, directives));
  });
});

describe("brotli, which nginx has not built in", () => {
  test.each([
    ["brotli on; brotli_comp_level 11; brotli_window 16m; brotli_min_length 1k; brotli_types text/css; brotli_buffers 16 8k;", ""],
    ["brotli_comp_level 12;", "value must be between 0 and 11"],
    ["brotli_window 3k;", "invalid value"],
    ["brotli_window 32m;", "invalid value"],
    ["brotli maybe;", 'it must be "on" or "off"'],
  ])("%s", (directives, message) => {
    const { code, message: said } = messageOf(runForegate, directives);
    expect(code).toBe(message === "" ? 0 : 1);
    expect(said).toContain(message);
  });
});

import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConfigOptions } from "../../../src/cli/options.ts";
import { resolvePaths } from "../../../src/cli/resolve-paths.ts";
import { createPrefix, removePrefix } from "../../harness/temporary-prefix.ts";

let dir = "";
beforeAll(() => {
  dir = createPrefix({ "conf/nginx.conf": "", "logs/": "" });
});
afterAll(() => removePrefix(dir));

function resolve(options: Partial<ConfigOptions>): ReturnType<typeof resolvePaths> {
  return resolvePaths({ conf: undefined, prefix: undefined, directives: undefined, errorLog: undefined, ...options });
}

describe("resolvePaths() with -p", () => {
  test("finds -c and -e below the prefix", () => {
    expect(resolve({ prefix: dir, conf: "site.conf", errorLog: "e.log" })).toEqual({
      conf: `${dir}/site.conf`,
      paths: { prefix: `${dir}/`, confPrefix: `${dir}/`, errorLog: `${dir}/e.log` },
    });
  });

  test("takes includes from the configuration file's own directory, and absolute paths as they are", () => {
    expect(resolve({ prefix: dir, conf: "/etc/x/site.conf", errorLog: "/var/e.log" })).toEqual({
      conf: "/etc/x/site.conf",
      paths: { prefix: `${dir}/`, confPrefix: "/etc/x/", errorLog: "/var/e.log" },
    });
  });

  test("keeps a prefix that ends in a slash, and paths as written", () => {
    expect(resolve({ prefix: "x/", conf: "./a/../b.conf" }).conf).toBe("x/./a/../b.conf");
  });

  test("reads conf/foregate.conf, or conf/nginx.conf where there is only that", () => {
    expect(resolve({ prefix: dir }).conf).toBe(`${dir}/conf/nginx.conf`);
    writeFileSync(`${dir}/conf/foregate.conf`, "");
    expect(resolve({ prefix: dir }).conf).toBe(`${dir}/conf/foregate.conf`);
    expect(resolve({ prefix: `${dir}/none` }).conf).toBe(`${dir}/none/conf/foregate.conf`);
  });

  test.each(["stderr", ""])("sends errors to the terminal for -e '%s'", (errorLog) => {
    expect(resolve({ prefix: dir, errorLog }).paths.errorLog).toBe("stderr");
  });

  test("keeps errors in logs/error.log where there is a logs directory, else on the terminal", () => {
    expect(resolve({ prefix: dir }).paths.errorLog).toBe(`${dir}/logs/error.log`);
    mkdirSync(`${dir}/bare`);
    expect(resolve({ prefix: `${dir}/bare` }).paths.errorLog).toBe("stderr");
  });
});

describe("resolvePaths() without -p", () => {
  test("takes the directory above conf/ for the prefix", () => {
    expect(resolve({ conf: `${dir}/conf/nginx.conf` }).paths).toMatchObject({ prefix: `${dir}/`, confPrefix: `${dir}/conf/` });
  });

  test("takes the file's own directory where it is not called conf", () => {
    expect(resolve({ conf: `${dir}/site.conf` }).paths).toMatchObject({ prefix: `${dir}/`, confPrefix: `${dir}/` });
  });

  test("finds a relative -c below the current directory", () => {
    expect(resolve({ conf: "site.conf" }).conf).toBe(`${process.cwd()}/site.conf`);
  });
});

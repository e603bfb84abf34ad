/** The configurations that come with the package: each passes -t, and their types are nginx's where nginx knows the extension. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { runForegate } from "./run-program.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NGINX_TYPES = "/etc/nginx/mime.types";

describe("conf/", () => {
  test.each(["foregate.conf", ...readdirSync(`${ROOT}conf/examples`).map((name) => `examples/${name}`)])("%s passes -t", (name) => {
    const { code, stderr } = runForegate(["-t", "-c", `conf/${name}`], ROOT);
    expect(stderr).toContain("test is successful");
    expect(stderr).not.toContain("[warn]");
    expect(code).toBe(0);
  });

  test("mime.types gives every extension one type", () => {
    const types = readTypes(`${ROOT}conf/mime.types`);
    expect(new Set(types.map(([extension]) => extension)).size).toBe(types.length);
  });

  test.runIf(existsSync(NGINX_TYPES))("mime.types agrees with nginx's", () => {
    const ours = new Map(readTypes(`${ROOT}conf/mime.types`));
    for (const [extension, type] of readTypes(NGINX_TYPES)) expect([extension, ours.get(extension)]).toEqual([extension, type]);
  });
});

/** Extension and type, for each extension. */
function readTypes(path: string): readonly (readonly [extension: string, type: string])[] {
  const lines = readFileSync(path, "latin1")
    .replaceAll(/#.*/g, "")
    .matchAll(/([\w.+-]+\/[\w.+-]+)\s+([^;{}]+);/g);
  return [...lines].flatMap(([, type = "", extensions = ""]) =>
    extensions
      .trim()
      .split(/\s+/)
      .map((extension) => [extension, type] as const),
  );
}

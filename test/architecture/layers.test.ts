import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "vitest";

/** From the top down: a folder imports from its own layer's folders named beside it, and from those below. */
const LAYERS: readonly (readonly string[])[] = [
  ["main.ts", "index.ts"],
  ["demo"],
  ["cli"],
  ["process"],
  ["boot"],
  ["modules"],
  ["cache", "upstream"],
  ["http"],
  ["config", "zone", "net", "log"],
];

const SOCKET_MODULES = ["node:net", "node:tls", "node:http2", "node:http", "node:https", "node:dgram"];
const SOCKET_OWNERS = ["http/connection/", "upstream/", "net/", "process/", "cli/", "demo/"];

const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));

function importsOf(path: string): readonly { readonly specifier: string; readonly typeOnly: boolean }[] {
  const text = readFileSync(join("src", path), "utf8");
  const found = text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?\sfrom\s+"([^"]+)";|^import\s+"([^"]+)";|\bimport\("([^"]+)"\)/gms);
  return [...found].map((match) => ({ specifier: match[2] ?? match[3] ?? match[4] ?? "", typeOnly: match[1] !== undefined }));
}

function layerOf(path: string): number {
  const room = path.split("/")[0] ?? "";
  return LAYERS.findIndex((layer) => layer.includes(room));
}

function importedFiles(path: string): readonly string[] {
  return importsOf(path)
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier }) => relative("src", normalize(join("src", dirname(path), specifier))));
}

describe("the layers of src", () => {
  it("has files to look at", () => expect(sources.length).toBeGreaterThan(100));

  it("every file has a layer", () => expect(sources.filter((path) => layerOf(path) === -1)).toEqual([]));

  it("imports point downward", () => {
    const upward = sources.flatMap((path) =>
      importedFiles(path)
        .filter((target) => layerOf(target) < layerOf(path))
        .map((target) => `${path} → ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it("no module imports another module", () => {
    const moduleOf = (path: string): string => (path.split("/")[1] ?? "").replace(/\.ts$/, "");
    const sideways = sources
      .filter((path) => path.startsWith("modules/") && path !== "modules/index.ts")
      .flatMap((path) =>
        importedFiles(path)
          .filter(
            (target) =>
              target.startsWith("modules/") && moduleOf(target) !== moduleOf(path) && !/^(unsupported|ignored)/.test(moduleOf(path)),
          )
          .map((target) => `${path} → ${target}`),
      );
    expect(sideways).toEqual([]);
  });

  it("only boot and above import modules", () => {
    const below = sources
      .filter((path) => layerOf(path) > layerOf("modules/x.ts"))
      .flatMap((path) =>
        importedFiles(path)
          .filter((target) => target.startsWith("modules/"))
          .map((target) => `${path} → ${target}`),
      );
    expect(below).toEqual([]);
  });

  it("sockets belong to their owners", () => {
    const strangers = sources
      .filter((path) => !SOCKET_OWNERS.some((owner) => path.startsWith(owner)))
      .filter((path) => importsOf(path).some(({ specifier, typeOnly }) => SOCKET_MODULES.includes(specifier) && !typeOnly));
    expect(strangers).toEqual([]);
  });

  it("zod stays with the configuration", () => {
    const users = sources.filter((path) => importsOf(path).some(({ specifier, typeOnly }) => /^zod/.test(specifier) && !typeOnly));
    expect(users.filter((path) => !path.startsWith("config/"))).toEqual([]);
  });

  it("no file is longer than 300 lines", () => {
    const long = sources.filter((path) => readFileSync(join("src", path), "utf8").trimEnd().split("\n").length > 300);
    expect(long).toEqual([]);
  });
});

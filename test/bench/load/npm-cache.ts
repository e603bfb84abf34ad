/** npm packages of the bench's own, kept outside of the project: peers are measured, never depended on. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { findProgram } from "./install.ts";

const INSTALL_TIMEOUT_MS = 180_000;

/** The folder that holds the packages, below the user's cache (XDG Base Directory Specification). */
export function npmCacheDirectory(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "foregate-bench");
}

/** Installs what is not there of `packages`, each NAME@VERSION, where it may; why it is not there, or undefined. */
export function installNpmPackages(packages: readonly string[], mayInstall: boolean): string | undefined {
  const directory = npmCacheDirectory();
  const missing = packages.filter((name) => !isInstalled(directory, name));
  if (missing.length === 0) return undefined;
  if (!mayInstall) return `${missing.join(" ")} is not in ${directory}`;
  const npm = findProgram("npm");
  if (npm === undefined) return "npm is not installed";
  process.stderr.write(`installing ${missing.join(" ")} into ${directory}\n`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Its own root, or npm would look for a project in the folders above.
  if (!existsSync(join(directory, "package.json"))) writeFileSync(join(directory, "package.json"), '{ "private": true }\n');
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", "--loglevel=error", ...missing];
  const { status, stderr, error } = spawnSync(npm, args, { cwd: directory, timeout: INSTALL_TIMEOUT_MS, encoding: "utf8" });
  if (status === 0) return undefined;
  return `npm cannot install ${missing.join(" ")}: ${error?.message ?? stderr.trim()}`;
}

function isInstalled(directory: string, nameAndVersion: string): boolean {
  const at = nameAndVersion.lastIndexOf("@");
  const manifest = join(directory, "node_modules", nameAndVersion.slice(0, at), "package.json");
  // The shape holds: npm wrote the file.
  return (
    existsSync(manifest) && (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version === nameAndVersion.slice(at + 1)
  );
}

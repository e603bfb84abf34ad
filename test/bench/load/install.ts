/** Finds the programs the bench needs, and fetches missing ones from Debian where it may. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Debian's switch (invoke-rc.d(8)): while this script answers 101, an installed package does not start its service. */
const POLICY_FILE = "/usr/sbin/policy-rc.d";
const INSTALL_TIMEOUT_MS = 300_000;

export interface Needed {
  readonly program: string;
  readonly packages: readonly string[];
}

/** The path of a program, from PATH and the folders of system daemons; undefined when it is not installed. */
export function findProgram(program: string): string | undefined {
  if (program.includes("/")) return isExecutable(program) ? program : undefined;
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

/** Installs what is missing and returns what still is, each as a sentence. */
export function installMissing(needed: readonly Needed[], mayInstall: boolean): string[] {
  const packages = needed.filter(({ program }) => findProgram(program) === undefined).flatMap((need) => need.packages);
  if (mayInstall && packages.length > 0 && process.getuid?.() === 0 && findProgram("apt-get") !== undefined) aptInstall(packages);
  return needed
    .filter(({ program }) => findProgram(program) === undefined)
    .map(({ program, packages }) => `${program} is not installed: apt-get install ${packages.join(" ")}`);
}

function aptInstall(packages: readonly string[]): void {
  process.stderr.write(`installing ${packages.join(" ")}\n`);
  const addsPolicy = !existsSync(POLICY_FILE);
  if (addsPolicy) writeFileSync(POLICY_FILE, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    spawnSync("apt-get", ["install", "-y", "--no-install-recommends", ...packages], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "ignore", "inherit"],
      timeout: INSTALL_TIMEOUT_MS,
    });
  } finally {
    if (addsPolicy) rmSync(POLICY_FILE);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Vitest's globalSetup: builds dist/ once, before the first test file. */

import { execFileSync } from "node:child_process";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Throws with the build's output when it fails. FOREGATE_PREBUILT=1 tests what is in dist/ already. */
export default function buildForegate(): void {
  if (process.env["FOREGATE_PREBUILT"] === "1" || process.env["FOREGATE_STAND_IN"] === "nginx") return;
  // Two runs at once must not start each other's half-written files: a rename is atomic.
  const built = `${ROOT}dist/${process.pid}`;
  try {
    execFileSync("npm", ["run", "--silent", "build", "--", `--outdir=${built}`], { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
    for (const file of readdirSync(built)) renameSync(`${built}/${file}`, `${ROOT}dist/${file}`);
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
}

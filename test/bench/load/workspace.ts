/** A folder and the processes of one measurement, gone when it returns, fails or is interrupted. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Generator } from "./generate-load.ts";
import { createLauncher, type Launcher } from "./launcher.ts";
import { showProgress } from "./progress.ts";
import { REPORT_LUA } from "./wrk.ts";

export interface Workspace extends Generator {
  readonly launcher: Launcher;
}

/** Exit code of a shell's child that SIGINT ended. */
const INTERRUPTED_CODE = 130;

/** Gives `run` a workspace and returns what it returns. */
export async function inWorkspace<T>(run: (workspace: Workspace) => Promise<T>): Promise<T> {
  const launcher = createLauncher();
  const directory = mkdtempSync(join(tmpdir(), "foregate-bench-"));
  // Workers that run as www-data read the files in it.
  chmodSync(directory, 0o755);
  const interruption = new AbortController();
  const cleanUp = () => {
    interruption.abort();
    launcher.killAll();
    rmSync(directory, { recursive: true, force: true });
  };
  const interrupt = () => process.exit(INTERRUPTED_CODE);
  process.once("exit", cleanUp).once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const wrkScript = join(directory, "report.lua");
    writeFileSync(wrkScript, REPORT_LUA);
    return await run({ directory, launcher, wrkScript, interrupted: interruption.signal });
  } finally {
    showProgress("");
    process.off("exit", cleanUp).off("SIGINT", interrupt).off("SIGTERM", interrupt);
    cleanUp();
  }
}

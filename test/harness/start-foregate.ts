/** Starts the built foregate on a test's configuration. FOREGATE_NODE names the node binary, FOREGATE_STAND_IN=nginx proves the harness. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type RunningServer, type ServerOptions, startServer } from "./running-server.ts";
import { startNginx } from "./start-nginx.ts";

export interface ForegateOptions extends ServerOptions {
  /** Node binary; FOREGATE_NODE, else the one that runs the tests, by default. */
  readonly node?: string;
}

/** The one-file program that `npm run build` makes. */
export const FOREGATE_PATH = fileURLToPath(new URL("../../dist/foregate.js", import.meta.url));

/** Whether nginx stands in for foregate: the tests then compare nginx with itself. */
export const standInIsNginx = process.env["FOREGATE_STAND_IN"] === "nginx";

/** Resolves once its ports accept; throws with its output when it ends instead. */
export function startForegate(options: ForegateOptions): Promise<RunningServer> {
  if (standInIsNginx) return startNginx(options);
  if (!existsSync(FOREGATE_PATH)) throw new Error(`Run "npm run build" first: "${FOREGATE_PATH}" is missing`);
  const command = options.node ?? process.env["FOREGATE_NODE"] ?? process.execPath;
  return startServer({ command, leadingArgs: [FOREGATE_PATH], globals: "", httpPreamble: () => "" }, options);
}

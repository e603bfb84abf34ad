/** Starts the installed nginx on a test's configuration: the oracle of the differential tests. NGINX names another binary. */

import { existsSync } from "node:fs";
import { type RunningServer, type ServerOptions, startServer } from "./running-server.ts";

const NGINX = process.env["NGINX"] ?? "/usr/sbin/nginx";

export function haveNginx(): boolean {
  return existsSync(NGINX);
}

/** The modules of ngx_brotli, where Debian's packages put them. */
export const BROTLI_MODULES: readonly string[] = ["filter", "static"].map(
  (name) => `/usr/lib/nginx/modules/ngx_http_brotli_${name}_module.so`,
);

export function haveNginxBrotli(): boolean {
  return BROTLI_MODULES.every((path) => existsSync(path));
}

/** One process without a master; its temporary files stay inside the prefix. */
export function startNginx(options: ServerOptions): Promise<RunningServer> {
  const user = process.getuid?.() === 0 ? "user root;" : "";
  return startServer({ command: NGINX, leadingArgs: [], globals: `master_process off; ${user}`, httpPreamble: temporaryPaths }, options);
}

function temporaryPaths(dir: string): string {
  return ["client_body", "proxy", "uwsgi", "fastcgi", "scgi"].map((name) => `${name}_temp_path ${dir}/${name}_temp;`).join(" ");
}

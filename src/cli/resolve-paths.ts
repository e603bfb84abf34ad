/** nginx's path rules (nginx.org, Command-line parameters; ngx_process_options), and what foregate makes of them where no -p is given. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ConfigPaths } from "../http/module.ts";
import { asBytes, type ConfigOptions } from "./options.ts";

export interface ResolvedPaths {
  /** The main configuration file. */
  readonly conf: string;
  readonly paths: ConfigPaths;
}

/** Where the package is: `conf/` and `dist/` are in it. Ends in "/". */
const PACKAGE_ROOT = asBytes(fileURLToPath(new URL("../", import.meta.url)));

const DEFAULT_CONF = "conf/foregate.conf";
/** Looked for where the prefix has no file of that name: an nginx installation. */
const NGINX_CONF = "conf/nginx.conf";
const DEFAULT_ERROR_LOG = "logs/error.log";

/**
 * With -p all is as in nginx: -c and -e are relative to the prefix. Without it a relative -c is below the current directory, and the prefix
 * is the directory that holds the file, or the one above where that is called "conf". Without both it is this package.
 */
export function resolvePaths(options: ConfigOptions): ResolvedPaths {
  const { conf, prefix } = locate(options);
  const errorLog = options.errorLog ?? DEFAULT_ERROR_LOG;
  const toTerminal = errorLog === "stderr" || errorLog === "" || (options.errorLog === undefined && !exists(`${prefix}logs`));
  return {
    conf,
    paths: { prefix, confPrefix: directoryOf(conf), errorLog: toTerminal ? "stderr" : below(prefix, errorLog) },
  };
}

function locate(options: ConfigOptions): { readonly conf: string; readonly prefix: string } {
  if (options.prefix === undefined && options.conf !== undefined) {
    const conf = below(`${asBytes(process.cwd())}/`, options.conf);
    const directory = directoryOf(conf);
    return { conf, prefix: directory.endsWith("/conf/") ? directory.slice(0, -"conf/".length) : directory };
  }
  const prefix = options.prefix === undefined ? PACKAGE_ROOT : withSlash(options.prefix);
  const conf = options.conf ?? (!exists(prefix + DEFAULT_CONF) && exists(prefix + NGINX_CONF) ? NGINX_CONF : DEFAULT_CONF);
  return { conf: below(prefix, conf), prefix };
}

function below(directory: string, path: string): string {
  return path.startsWith("/") ? path : directory + path;
}

/** nginx keeps paths as written, "./" and all: messages show them so. */
function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function withSlash(directory: string): string {
  return directory === "" || directory.endsWith("/") ? directory : `${directory}/`;
}

function exists(path: string): boolean {
  return existsSync(Buffer.from(path, "latin1"));
}

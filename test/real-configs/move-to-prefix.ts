/** Makes a configuration written for a whole machine run inside one directory, as somebody who may not bind port 80. */

import { readFileSync } from "node:fs";
import type { PrefixFiles } from "../harness/temporary-prefix.ts";
import type { SitePem } from "./site-pem.ts";

/** Address as the configuration has it, and the test's server that stands in for it. */
export type Backends = Readonly<Record<string, "HTTP" | "UWSGI" | "NOTHING">>;

/** Top-level directives that a test decides itself. */
const DECIDED_HERE = /^(?:user|pid|daemon|master_process|worker_rlimit_nofile|worker_processes)\s[^;]*;/gm;
const MAIN_ERROR_LOG = /^error_log\s[^;]*;/gm;
/** Directories of a machine; behind a blank, a quote or "=", so that no URI is meant. */
const MACHINE_PATH = /(?<=[\s"'=])\/(?=(?:etc|var|srv|run|usr|home|opt)\/)/g;
const LISTEN_IPV6 = /^\s*listen\s+\[::\]:[^;]*;.*$/gm;
const LISTEN = /(?<=^\s*listen\s+)(?:[\d.*]+:)?(\d+)(?=[ ;])/gm;

/** Placeholders for paths, ports (`%%PORT_80%%`) and backends (`%%HTTP%%`) in the place of the machine's. */
export function moveToPrefix(text: string, backends: Backends): string {
  let moved = text.replace(DECIDED_HERE, "").replace(MAIN_ERROR_LOG, "error_log %%DIR%%/logs/error.log info;").replace(LISTEN_IPV6, "");
  for (const [address, name] of Object.entries(backends)) {
    moved = moved.replaceAll(new RegExp(`(?<![\\w.-])${escaped(address)}(?![\\w.-])`, "g"), `127.0.0.1:%%${name}%%`);
  }
  return moved.replace(LISTEN, "127.0.0.1:%%PORT_$1%%").replace(MACHINE_PATH, "%%DIR%%/");
}

/** The files that a moved configuration reads: nginx's own, and certificates wherever it names some. */
export function filesOf(moved: string, pem: SitePem): PrefixFiles {
  const files: Record<string, string> = { "var/log/nginx/": "", "etc/nginx/conf.d/": "" };
  for (const name of ["mime.types", "proxy_params", "uwsgi_params", "fastcgi_params"]) {
    files[`etc/nginx/${name}`] = readFileSync(`/etc/nginx/${name}`, "latin1");
  }
  for (const [, directive, path = ""] of moved.matchAll(/^\s*(ssl_\w+) +%%DIR%%\/([^\s;]+);/gm)) {
    files[path] = directive === "ssl_certificate_key" ? pem.key : directive === "ssl_dhparam" ? pem.dhparam : pem.certificate;
  }
  return files;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

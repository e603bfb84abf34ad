/** One server under the fuzzer with its own recording origins. */

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fillPlaceholders } from "../../harness/fill-placeholders.ts";
import { exchange } from "../../harness/raw-client.ts";
import { ServerProcess } from "../../harness/server-process.ts";
import { createPrefix, removePrefix } from "../../harness/temporary-prefix.ts";
import { waitUntil } from "../../harness/wait-until.ts";
import { FUZZED_FILES, fuzzedConf } from "../fuzzed-conf.ts";
import { startHttpRecorder, startUwsgiRecorder } from "../recorders.ts";

export interface Outcome {
  /** Statuses of the answers, interim ones too. */
  readonly statuses: readonly number[];
  /** What the origins got, whole requests only. */
  readonly forwarded: readonly string[];
  /** What the origins got and should not have. */
  readonly faults: readonly string[];
}

export interface FuzzedFront {
  /** Writes text, and pauses for the milliseconds of a number. */
  attack(writes: readonly (string | number)[]): Promise<Outcome>;
  stop(): Promise<void>;
}

const TEMPORARY_PATHS = ["client_body", "proxy", "uwsgi", "fastcgi", "scgi"];

/** `command` gets nginx's own options behind `args`; `globals` are further directives for -g. */
export async function startFuzzedFront(command: string, args: readonly string[], globals: string): Promise<FuzzedFront> {
  const [http, uwsgi] = await Promise.all([startHttpRecorder(), startUwsgiRecorder()]);
  const dir = createPrefix({ "logs/": "", ...FUZZED_FILES });
  const paths = TEMPORARY_PATHS.map((name) => `${name}_temp_path ${dir}/${name}_temp;`).join(" ");
  const conf = `events { }\n${fuzzedConf(http.port, uwsgi.port).replace("http {", `http {\naccess_log off; ${command.includes("nginx") ? paths : ""}`)}`;
  const { text, ports } = await fillPlaceholders(conf, dir);
  writeFileSync(join(dir, "nginx.conf"), text, "latin1");
  const directives = `daemon off; pid ${dir}/server.pid; error_log ${dir}/logs/error.log; ${globals}`;
  const child = new ServerProcess(command, [...args, "-p", dir, "-c", join(dir, "nginx.conf"), "-g", directives], { cwd: dir });
  const stop = async (): Promise<void> => {
    await child.stop("SIGTERM");
    removePrefix(dir);
    await Promise.all([http.stop(), uwsgi.stop()]);
  };
  const port = ports.get("") ?? 0;
  await waitUntil(`${command} to start`, () => {
    if (child.ended !== undefined) throw new Error(`${command} ended: ${child.output}`);
    return existsSync(`${dir}/server.pid`) || undefined;
  });
  const attack = async (writes: readonly (string | number)[]): Promise<Outcome> => {
    for (const recorder of [http, uwsgi]) {
      recorder.requests.length = 0;
      recorder.faults.length = 0;
    }
    const { answers } = await exchange({ port }, writes, { timeoutMs: 200, answers: 4 });
    if (child.ended !== undefined) throw new Error(`${command} ended: ${child.output}`);
    return {
      statuses: answers.map(({ status }) => status),
      forwarded: [...http.requests, ...uwsgi.requests],
      faults: [...http.faults, ...uwsgi.faults],
    };
  };
  return { attack, stop };
}

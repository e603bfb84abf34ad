/** logger(1): the program of util-linux that sends lines as datagrams to unix domain sockets, which Node.js cannot do by itself. */

import { spawnSync } from "node:child_process";

const PROGRAM = "logger";

/** Since 2.26 its `--socket-errors` tells of lines that were lost. */
const MAJOR_MIN = 2;
const MINOR_MIN = 26;

/** What every run of the program sees of the environment: where it is, and which time zone lines are dated in. */
export function loggerEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH = "/usr/bin:/bin", TZ } = environment;
  return { PATH, LC_ALL: "C", ...(TZ === undefined ? {} : { TZ }) };
}

/** What to start. Throws where it is missing, or is another program of that name. */
export function findLogger(environment: NodeJS.ProcessEnv = process.env): string {
  const { stdout, error } = spawnSync(PROGRAM, ["--version"], { env: loggerEnvironment(environment), encoding: "latin1", timeout: 5000 });
  const found = error === undefined ? /util-linux (\d+)\.(\d+)/.exec(stdout) : null;
  const [major, minor] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  if (major > MAJOR_MIN || (major === MAJOR_MIN && minor >= MINOR_MIN)) return PROGRAM;
  throw new Error(
    "unix domain sockets need the program logger of util-linux 2.26 or later (Debian: bsdutils); " +
      "without it let the syslog daemon listen on UDP, as on server=127.0.0.1:514",
  );
}

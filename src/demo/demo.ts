/** `npm start`: serves conf/foregate.conf in the foreground, with the demonstration application beside it. */

import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseOptions } from "../cli/options.ts";
import { start } from "../cli/start.ts";
import { printLine, STDOUT, writeStandard } from "../process/standard-streams.ts";
import { WorkerPrograms } from "../process/worker-programs.ts";
import { type DemoWord, runUwsgiProcess } from "./uwsgi-process.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const APPLICATION_ROLE = "application";

if (process.argv[2] === APPLICATION_ROLE) runUwsgiProcess();
else process.exit(await serveDemo());

async function serveDemo(): Promise<number> {
  // Where conf/foregate.conf keeps its pid file and what does not fit in memory.
  mkdirSync(`${ROOT}run`, { recursive: true });
  const application = fork(fileURLToPath(import.meta.url), [APPLICATION_ROLE]);
  const word = await firstWord(application);
  const options = parseOptions(["-p", ROOT, "-c", "conf/foregate.conf", "-e", "stderr", "-g", "daemon off;"]);
  if ("error" in options) throw new TypeError(`Cannot parse the demonstration's own options: ${options.error}`);
  const code = await start(options, new WorkerPrograms(), () => greet(word));
  if (code !== 0) printLine("Nothing was started. The address to listen on is in conf/foregate.conf.");
  application.kill("SIGTERM");
  return code;
}

function firstWord(application: ChildProcess): Promise<DemoWord> {
  return new Promise((resolve) => {
    application.once("message", (word: DemoWord) => resolve(word));
    application.once("exit", () => resolve("failed"));
    application.once("error", () => resolve("failed"));
  });
}

function greet(word: DemoWord): void {
  const application = {
    listening: "a small uwsgi application, in a process of its own",
    taken: "what listens on 127.0.0.1:3031 already",
    failed: "no application: it could not be started",
  }[word];
  writeStandard(
    STDOUT,
    `
  foregate serves conf/foregate.conf. Open

    http://127.0.0.1:8080/        static files from conf/html
    http://127.0.0.1:8080/app/    ${application}

  Ctrl-C ends it.

`,
  );
}

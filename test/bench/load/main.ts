/** `npm run bench`: foregate beside its peers, its start-up and memory, its profile. Linux only: it reads /proc. */
import { fileURLToPath } from "node:url";
import { serveFloor } from "../floor/serve-floor.ts";
import { runProfile } from "../profile/run-profile.ts";
import { runStart } from "../start/run-start.ts";
import { JOBS } from "./jobs.ts";
import { readOptions, USAGE } from "./options.ts";
import { FLOOR_COMMAND, type FloorArgument } from "./peers/floor.ts";
import { NODE_PROXY_COMMAND, type NodeProxyName } from "./peers/node-proxies.ts";
import { serveNodeProxy } from "./peers/serve-node-proxy.ts";
import { runLoad } from "./run-load.ts";

const script = fileURLToPath(import.meta.url);
const [command, ...args] = process.argv.slice(2);
if (command === FLOOR_COMMAND) {
  // The shape holds: peers/floor.ts wrote it.
  const { job: name, site } = JSON.parse(args[0] ?? "") as FloorArgument;
  for (const job of JOBS) if (job.name === name) serveFloor(job, site);
} else if (command === NODE_PROXY_COMMAND) {
  const [name, port, originPort, packagesDirectory] = args;
  await serveNodeProxy(name as NodeProxyName, Number(port), Number(originPort), packagesDirectory ?? "");
} else {
  process.exitCode = await main(process.argv.slice(2));
}

async function main(words: readonly string[]): Promise<number> {
  const options = readOptions(words);
  if (typeof options === "string") {
    process.stdout.write(options);
    return options === USAGE ? 0 : 2;
  }
  switch (options.task.kind) {
    case "load":
      return runLoad(options, script);
    case "start":
      return runStart(options);
    case "profile":
      return runProfile(options, options.task);
  }
}

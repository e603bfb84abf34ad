/** foregate, on nginx's own configuration. */
import { resolve } from "node:path";
import type { Peer } from "../peer.ts";
import { nginxConf } from "./nginx-conf.ts";

/** The bundle `script` run by the Node binary `node` with its own options `nodeOptions`. */
export function createForegate(node: string, script: string, nodeOptions: readonly string[] = []): Peer {
  return {
    name: "foregate",
    program: node,
    packages: [],
    serves: () => true,
    command: (job, site) => ({
      args: [...nodeOptions, resolve(script), "-p", `${site.directory}/`, "-c", `${site.directory}/nginx.conf`],
      files: { "nginx.conf": nginxConf(job, site) },
    }),
  };
}

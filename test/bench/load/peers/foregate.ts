/** foregate, on nginx's own configuration. */
import { resolve } from "node:path";
import type { Peer } from "../peer.ts";
import { nginxConf } from "./nginx-conf.ts";

/** The bundle `script` run by the Node binary `node`. */
export function createForegate(node: string, script: string): Peer {
  return {
    name: "foregate",
    program: node,
    packages: [],
    works: ["return", "static", "proxy", "uwsgi-tcp", "uwsgi-unix"],
    command: (job, site) => ({
      args: [resolve(script), "-p", `${site.directory}/`, "-c", `${site.directory}/nginx.conf`],
      files: { "nginx.conf": nginxConf(job, site) },
    }),
  };
}

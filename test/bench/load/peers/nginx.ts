/** nginx, the measure of all others. */
import type { Peer } from "../peer.ts";
import { nginxConf } from "./nginx-conf.ts";

/** Debian compiles these paths to folders that only root can write. */
export const TEMP_PATHS = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path temp_${name};`);

export const nginx: Peer = {
  name: "nginx",
  program: "nginx",
  packages: ["nginx"],
  serves: () => true,
  command: (job, site) => ({
    args: ["-p", `${site.directory}/`, "-c", `${site.directory}/nginx.conf`, "-e", "error.log"],
    files: { "nginx.conf": nginxConf(job, site, TEMP_PATHS) },
  }),
};

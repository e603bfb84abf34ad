/** Caddy with one Go scheduler thread. */
import { isSecure, type Job, type Protocol, RETURN_BODY } from "../jobs.ts";
import type { Peer, Site } from "../peer.ts";

/** Its names of what a server speaks; HTTP/2 needs HTTP/1.1 beside it there. */
const PROTOCOLS: Readonly<Record<Protocol, string>> = { http: "h1", https: "h1", h2: "h1 h2", h2c: "h1 h2c" };

export const caddy: Peer = {
  name: "caddy",
  program: "caddy",
  packages: ["caddy"],
  serves: ({ work }) => work === "return" || work === "static" || work === "proxy",
  command: (job, site) => ({
    args: ["run", "--config", "Caddyfile", "--adapter", "caddyfile"],
    env: { GOMAXPROCS: "1", HOME: site.directory, XDG_DATA_HOME: site.directory, XDG_CONFIG_HOME: site.directory },
    files: { Caddyfile: caddyfile(job, site) },
  }),
};

function caddyfile(job: Job, site: Site): string {
  return `{
  admin off
  auto_https off
  servers {
    protocols ${PROTOCOLS[job.protocol]}
  }
}
${isSecure(job) ? "https" : "http"}://:${site.port} {
  bind 127.0.0.1
  ${isSecure(job) ? `tls ${site.certificate.certificateFile} ${site.certificate.keyFile}` : ""}
  ${job.gzip ? "encode {\n    gzip 1\n  }" : ""}
  ${site.logs ? "log {\n    output file access.log\n  }" : ""}
  ${siteLines(job, site)}
}
`;
}

function siteLines(job: Job, site: Site): string {
  switch (job.work) {
    case "return":
      return `respond "${RETURN_BODY}" 200`;
    case "static":
      return `root * ${site.filesDirectory}\n  file_server`;
    default:
      // Caddy keeps 32 idle connections to an upstream unless told otherwise; wrk holds 64.
      return `reverse_proxy 127.0.0.1:${site.originPort} {\n    transport http {\n      keepalive_idle_conns_per_host 64\n    }\n  }`;
  }
}

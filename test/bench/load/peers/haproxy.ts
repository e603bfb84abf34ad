/** HAProxy with one thread. */
import { type Job, RETURN_BODY } from "../jobs.ts";
import type { Peer, Site } from "../peer.ts";

export const haproxy: Peer = {
  name: "haproxy",
  program: "haproxy",
  packages: ["haproxy"],
  works: ["return", "proxy"],
  command: (job, site) => ({ args: ["-db", "-f", "haproxy.cfg"], files: { "haproxy.cfg": haproxyCfg(job, site) } }),
};

function haproxyCfg(job: Job, site: Site): string {
  const answer =
    job.work === "return"
      ? `  http-request return status 200 content-type text/plain string ${RETURN_BODY}`
      : `  default_backend origin\nbackend origin\n  server origin 127.0.0.1:${site.originPort}`;
  return `global
  nbthread 1
  maxconn 2048
${site.logs ? "  log stdout format raw local0" : ""}
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
${site.logs ? "  log global\n  option httplog" : ""}
frontend front
  bind 127.0.0.1:${site.port}
${answer}
`;
}

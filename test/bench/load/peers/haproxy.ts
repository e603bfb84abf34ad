/** HAProxy with one thread. */
import { isSecure, type Job, RETURN_BODY } from "../jobs.ts";
import type { Peer, Site } from "../peer.ts";

export const haproxy: Peer = {
  name: "haproxy",
  program: "haproxy",
  packages: ["haproxy"],
  serves,
  command: (job, site) => ({ args: ["-db", "-f", "haproxy.cfg"], files: { "haproxy.cfg": haproxyCfg(job, site) } }),
};

/** It serves no files: over TLS and HTTP/2, where those cost most, it answers with one that it has read at its start. */
function serves(job: Job): boolean {
  return job.work === "return" || job.work === "proxy" || (job.work === "static" && job.protocol !== "http");
}

function haproxyCfg(job: Job, site: Site): string {
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
  bind 127.0.0.1:${site.port}${bindOptions(job, site)}
${job.gzip ? "  compression algo gzip\n  compression type text/plain" : ""}
${answerLines(job, site)}
`;
}

function bindOptions(job: Job, site: Site): string {
  const tls = isSecure(job) ? ` ssl crt ${site.certificate.bothFile}` : "";
  switch (job.protocol) {
    case "http":
      return "";
    case "https":
      return tls;
    case "h2":
      return `${tls} alpn h2`;
    case "h2c":
      return " proto h2";
  }
}

function answerLines(job: Job, site: Site): string {
  switch (job.work) {
    case "return":
      return `  http-request return status 200 content-type text/plain string ${RETURN_BODY}`;
    case "static":
      return `  http-request return status 200 content-type text/plain file ${site.filesDirectory}${job.path}`;
    default:
      return `  default_backend origin\nbackend origin\n  server origin 127.0.0.1:${site.originPort}`;
  }
}

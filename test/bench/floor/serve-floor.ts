/** The floor of a job: a bare program on Node's public APIs that does the least the job can be done with. It is no web server. */
import { readFileSync } from "node:fs";
import { createServer as createHttp2Server, createSecureServer } from "node:http2";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { isHttp2, isSecure, type Job } from "../load/jobs.ts";
import type { Site } from "../load/peer.ts";
import { createCachedFile } from "./cached-file.ts";
import { answerStream, writeAnswer } from "./file-answer.ts";
import { sendLargeFile } from "./large-file.ts";
import { answerAtOnce } from "./memory-answer.ts";
import { onRequest } from "./on-request.ts";
import { createCompressingProxy, createForwardingProxy } from "./proxy.ts";
import { createUwsgiExchange } from "./uwsgi.ts";

/** Serves `job` at the site's port until the process ends. */
export function serveFloor(job: Job, site: Site): void {
  listenerFor(job, site).listen(site.port, "127.0.0.1");
}

function listenerFor(job: Job, site: Site): Pick<Server, "listen"> {
  const answer = answererFor(job, site);
  if (!isHttp2(job) && !isSecure(job)) return createServer({ noDelay: true }, answer);
  const file = createCachedFile(join(site.filesDirectory, job.file), "plain");
  if (job.protocol === "h2c") return createHttp2Server().on("stream", (stream) => answerStream(stream, file));
  const { certificateFile, keyFile } = site.certificate;
  const identity = { cert: readFileSync(certificateFile), key: readFileSync(keyFile) };
  if (job.protocol === "h2") return createSecureServer(identity).on("stream", (stream) => answerStream(stream, file));
  return createTlsServer({ ...identity, noDelay: true }, answer);
}

/** What is done with a client's connection that speaks HTTP/1.1. */
function answererFor(job: Job, site: Site): (client: Socket) => void {
  switch (job.work) {
    case "return":
    case "everyday":
      return answerAtOnce(job.body);
    case "static": {
      const path = join(site.filesDirectory, job.file);
      if (job.load === "download") return (client) => onRequest(client, () => sendLargeFile(client, path));
      const file = createCachedFile(path, job.gzip ? "gzip" : "plain");
      return (client) => onRequest(client, () => file((copy) => writeAnswer(client, copy, job.closes)));
    }
    case "proxy":
      return job.gzip ? createCompressingProxy(site.originPort, job.path) : createForwardingProxy(site.originPort, job.path);
    case "uwsgi-tcp":
      return createUwsgiExchange({ host: "127.0.0.1", port: site.uwsgiPort }, job.path);
    case "uwsgi-unix":
      return createUwsgiExchange({ path: site.uwsgiSocket }, job.path);
  }
}

/** One request in the protocol of a job, and what came. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from "node:http2";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { fieldsOf, isHttp2, isSecure, type Job, urlOf } from "./jobs.ts";

const ANSWER_TIMEOUT_MS = 5000;
const BEGINNING_BYTES = 200;

export interface Answer {
  readonly status: number;
  readonly fields: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The decoded body's octets, their SHA-256 in hex, and the first of them. */
  readonly bytes: number;
  readonly digest: string;
  readonly beginning: string;
}

/** Asks 127.0.0.1 as the job's clients do. `certificateFile` is what must prove a TLS server to be "localhost". */
export function fetchAnswer(job: Job, port: number, certificateFile: string): Promise<Answer> {
  return isHttp2(job) ? fetchOverHttp2(job, port, certificateFile) : fetchOverHttp1(job, port, certificateFile);
}

async function fetchOverHttp1(job: Job, port: number, certificateFile: string): Promise<Answer> {
  const { path } = job;
  const options = { host: "127.0.0.1", port, path, headers: fieldsOf(job), signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) };
  const agent = isSecure(job)
    ? new SecureAgent({ keepAlive: true, ca: readFileSync(certificateFile), servername: "localhost" })
    : new Agent({ keepAlive: true });
  try {
    const sent = (isSecure(job) ? secureRequest : request)({ ...options, agent }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    return await readAnswer(response.statusCode ?? 0, response.headers, response);
  } finally {
    agent.destroy();
  }
}

async function fetchOverHttp2(job: Job, port: number, certificateFile: string): Promise<Answer> {
  const tls = isSecure(job) ? { ca: readFileSync(certificateFile), servername: "localhost" } : {};
  const session = connect(new URL(urlOf(job, port)).origin, { ...tls, host: "127.0.0.1", port });
  try {
    await once(session, "connect", { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    const stream = session.request({ ":path": job.path, ...fieldsOf(job) }, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders & IncomingHttpStatusHeader];
    return await readAnswer(headers[":status"] ?? 0, headers, stream);
  } finally {
    session.destroy();
  }
}

async function readAnswer(status: number, fields: Answer["fields"], body: Readable): Promise<Answer> {
  const hash = createHash("sha256");
  let bytes = 0;
  let beginning = "";
  for await (const chunk of fields["content-encoding"] === "gzip" ? body.pipe(createGunzip()) : body) {
    // The shape holds: neither stream has an encoding set.
    const octets = chunk as Buffer;
    hash.update(octets);
    if (beginning === "") beginning = octets.toString("latin1", 0, BEGINNING_BYTES);
    bytes += octets.length;
  }
  return { status, fields, bytes, digest: hash.digest("hex"), beginning };
}

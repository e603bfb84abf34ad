/** Whether a server gives the one right answer to a job, before its speed is of any interest. */
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Answer, fetchAnswer } from "./fetch-answer.ts";
import type { Job } from "./jobs.ts";
import type { Running } from "./launcher.ts";

const START_TIMEOUT_MS = 10_000;
const POLL_MS = 50;

/** Waits until the server takes connections, then checks an answer; what is wrong in words, or undefined. */
export async function verify(job: Job, port: number, server: Running, certificateFile: string): Promise<string | undefined> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const failure = server.failure();
    if (failure !== undefined) return failure;
    try {
      return faultOf(job, await fetchAnswer(job, port, certificateFile));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== "ECONNREFUSED") return `no answer: ${String(error)}`;
      if (Date.now() > deadline) return `does not listen on port ${port} after ${START_TIMEOUT_MS} ms`;
    }
    await delay(POLL_MS);
  }
}

function faultOf(job: Job, { status, fields, bytes, digest, beginning }: Answer): string | undefined {
  const expectedBytes = job.body.length * job.copies;
  if (status !== 200) return `answers ${status} instead of 200: ${beginning}`;
  if (digest !== digestOf(job)) return `wrong body: ${bytes} bytes beginning "${beginning.slice(0, 40)}", expected ${expectedBytes} bytes`;
  if (job.gzip && fields["content-encoding"] !== "gzip") return "does not compress";
  if (!job.gzip && fields["content-length"] !== String(expectedBytes))
    return `Content-Length is ${String(fields["content-length"])}, not ${expectedBytes}`;
  if (!job.closes && fields["connection"] === "close") return "closes the connection after the answer";
  return undefined;
}

function digestOf({ body, copies }: Job): string {
  const hash = createHash("sha256");
  for (let copy = 0; copy < copies; copy++) hash.update(body, "latin1");
  return hash.digest("hex");
}

/** Whether a server gives the one right answer to a job, before its speed is of any interest. */
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Job } from "./jobs.ts";
import type { Running } from "./launcher.ts";

const START_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 5000;
const POLL_MS = 50;

/** Waits until the server takes connections, then checks an answer; what is wrong in words, or undefined. */
export async function verify(job: Job, port: number, server: Running): Promise<string | undefined> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const failure = server.failure();
    if (failure !== undefined) return failure;
    try {
      return await findFault(job, port);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== "ECONNREFUSED") return `no answer: ${String(error)}`;
      if (Date.now() > deadline) return `does not listen on port ${port} after ${START_TIMEOUT_MS} ms`;
    }
    await delay(POLL_MS);
  }
}

async function findFault(job: Job, port: number): Promise<string | undefined> {
  const agent = new Agent({ keepAlive: true });
  try {
    const sent = request({ host: "127.0.0.1", port, path: job.path, agent, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    let body = "";
    for await (const chunk of response.setEncoding("latin1")) body += chunk;
    return faultOf(job, response, body);
  } finally {
    agent.destroy();
  }
}

function faultOf(job: Job, response: IncomingMessage, body: string): string | undefined {
  const { statusCode, headers } = response;
  if (statusCode !== 200) return `answers ${statusCode} instead of 200: ${body.slice(0, 200)}`;
  if (body !== job.body) return `wrong body: ${body.length} bytes beginning "${body.slice(0, 40)}", expected ${job.body.length} bytes`;
  if (headers["content-length"] !== String(job.body.length))
    return `Content-Length is ${headers["content-length"]}, not ${job.body.length}`;
  if (headers.connection === "close") return "closes the connection after the answer";
  return undefined;
}

/** Clients that keep their connection, so that each stays with the worker that has accepted it. */

import { Agent, get } from "node:http";
import { waitUntil } from "../harness/wait-until.ts";

export interface Asked {
  readonly status: number;
  readonly fields: NodeJS.Dict<string | string[]>;
}

export interface WorkerClient {
  /** As the configuration tells it in X-Pid. */
  readonly pid: string;
  ask(target: string): Promise<Asked>;
}

export interface WorkerClients extends Disposable {
  /** One for each worker. */
  readonly clients: readonly WorkerClient[];
}

/** Connects until each of so many workers has a client; `target` is what answers with X-Pid. */
export async function clientsOfWorkers(port: number, workers: number, target: string): Promise<WorkerClients> {
  const agents: Agent[] = [];
  const clients = new Map<string, WorkerClient>();
  const connect = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(agent);
    const ask = (asked: string): Promise<Asked> => askOver(agent, port, asked);
    const pid = String((await ask(target)).fields["x-pid"]);
    if (!clients.has(pid)) clients.set(pid, { pid, ask });
  };
  await waitUntil(`clients of ${workers} workers`, async () => {
    // Together, since one worker alone may take all that come one after the other.
    await Promise.all(Array.from({ length: 16 }, connect));
    return clients.size >= workers || undefined;
  });
  return {
    clients: [...clients.values()],
    [Symbol.dispose]: () => {
      for (const agent of agents) agent.destroy();
    },
  };
}

function askOver(agent: Agent, port: number, path: string): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const request = get({ agent, host: "127.0.0.1", port, path }, (response) => {
      response.resume();
      response.once("end", () => resolve({ status: response.statusCode ?? 0, fields: response.headers }));
      response.once("error", reject);
    });
    request.once("error", reject);
  });
}

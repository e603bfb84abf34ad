/** Listening sockets that accept nothing and whose queues are full: connecting to them waits, or is refused at once on a unix socket. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

const PYTHON = "/usr/bin/python3";

/** Node accepts whatever comes, so that another program has to hold the sockets. */
const PROGRAM = `
import errno, socket, sys
queues = [socket.socket(socket.AF_INET), socket.socket(socket.AF_UNIX)]
queues[0].bind(("127.0.0.1", 0))
queues[1].bind(sys.argv[1])
clients = []
for queue in queues:
    queue.listen(0)
    for _ in range(4):
        client = socket.socket(queue.family)
        client.setblocking(False)
        client.connect_ex(queue.getsockname())
        clients.append(client)
print(queues[0].getsockname()[1], flush=True)
sys.stdin.read()
`;

export interface FullListenQueue {
  readonly port: number;
  stop(): void;
}

/** Whether this machine has what it takes. */
export function canFillListenQueue(): boolean {
  return existsSync(PYTHON);
}

/** Fills the queues of a port of 127.0.0.1 and of the unix socket `path`. */
export async function fillListenQueue(path: string): Promise<FullListenQueue> {
  const child = spawn(PYTHON, ["-c", PROGRAM, path], { stdio: ["pipe", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Cannot fill a listen queue: ${PYTHON} ended with ${code}`)));
    child.stdout.setEncoding("latin1").once("data", resolve);
  });
  return { port: Number(line), stop: () => void child.stdin.end() };
}

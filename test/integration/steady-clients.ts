/** Clients that ask without a pause, and count the requests that got no whole answer. */

import { connect } from "node:net";

export interface SteadyClients {
  /** Requests answered so far. */
  readonly answered: () => number;
  /** Lets the requests under way finish. Resolves with what went wrong with those that were lost. */
  readonly stop: () => Promise<readonly string[]>;
}

export interface SteadyClientsOptions {
  readonly port: number;
  /** Clients that keep their connection as long as they may. */
  readonly keepAlive: number;
  /** Clients that open a connection for every request. */
  readonly fresh: number;
}

export function startSteadyClients({ port, keepAlive, fresh }: SteadyClientsOptions): SteadyClients {
  const lost: string[] = [];
  let answered = 0;
  let isStopping = false;

  const run = async (request: string): Promise<void> => {
    while (!isStopping) {
      const failure = await useConnection(port, request, () => {
        answered++;
        return !isStopping;
      });
      if (failure !== "") lost.push(failure);
    }
  };
  const running = [
    ...Array.from({ length: keepAlive }, () => run("GET / HTTP/1.1\r\nHost: a\r\n\r\n")),
    ...Array.from({ length: fresh }, () => run("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")),
  ];
  return {
    answered: () => answered,
    stop: async () => {
      isStopping = true;
      await Promise.all(running);
      return lost;
    },
  };
}

/** Asks on one connection until it is closed between requests, or `onAnswer` says that it is enough. Resolves with what went wrong, or "". */
function useConnection(port: number, request: string, onAnswer: () => boolean): Promise<string> {
  return new Promise((resolve) => {
    let input = "";
    let isWaiting = true;
    const socket = connect(port, "127.0.0.1").setEncoding("latin1");
    const end = (failure: string): void => {
      socket.destroy();
      resolve(failure);
    };
    socket.write(request);
    socket.on("data", (text: string) => {
      input += text;
      const answer = /^HTTP\/1\.1 \d+[\s\S]*?\r\nContent-Length: (\d+)\r\n[\s\S]*?\r\n\r\n/i.exec(input);
      if (answer === null || input.length < answer[0].length + Number(answer[1])) return;
      isWaiting = false;
      const isLast = /\r\nConnection: close\r\n/i.test(answer[0]);
      if (!answer[0].startsWith("HTTP/1.1 200 ")) end(answer[0]);
      else if (!onAnswer() || isLast) end("");
      else {
        input = "";
        isWaiting = true;
        socket.write(request);
      }
    });
    socket.on("error", (error) => end(error.message));
    socket.on("close", () => end(isWaiting ? `closed before the answer to a request, after ${JSON.stringify(input)}` : ""));
  });
}

/** A client's connection that knows, when a request on it fails, what a loss must be judged by. */

import { connect, type Socket } from "node:net";
import { type Answer, fieldOf, readAnswers } from "../harness/answers.ts";
import type { Failure } from "./ledger.ts";

const ANSWER_TIMEOUT_MS = 20_000;

/** A request that got no whole answer. */
export class RequestFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.reason);
    this.failure = failure;
  }
}

export class HttpConnection {
  readonly openedAtMs = performance.now();
  /** Answers so far. */
  answers = 0;
  private readonly socket: Socket;
  private worker = 0;
  private received = "";
  private end = "";
  private look: () => void = () => {};

  constructor(port: number) {
    this.socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.socket.on("data", (chunk) => {
      this.received += chunk.toString("latin1");
      this.look();
    });
    this.socket.on("error", (error: NodeJS.ErrnoException) => {
      this.end = error.code ?? error.message;
    });
    this.socket.on("close", () => {
      this.end ||= "closed";
      this.look();
    });
  }

  get isOpen(): boolean {
    return this.end === "";
  }

  /** Resolves with the whole answer of that status; rejects with a RequestFailed. */
  ask(head: string, content: Buffer | undefined, status = 200): Promise<Answer> {
    this.received = "";
    this.socket.write(head, "latin1");
    if (content !== undefined) this.socket.write(content);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle("no answer in time"), ANSWER_TIMEOUT_MS);
      const settle = (reason: string, answer?: Answer): void => {
        clearTimeout(timer);
        this.look = () => {};
        if (answer !== undefined) resolve(answer);
        else reject(new RequestFailed(this.failure(reason)));
      };
      this.look = () => {
        const answer = readAnswers(this.received, ["GET"], this.end !== "").answers[0];
        if (answer === undefined) {
          if (this.end !== "") settle(this.end);
          return;
        }
        this.answers++;
        this.worker = Number(fieldOf(answer, "x-worker") ?? this.worker);
        if (answer.status !== status) settle(`status ${answer.status}`);
        else if (answer.framing.startsWith("cut")) settle(`answer cut short: ${this.end}`);
        else settle("", answer);
      };
      this.look();
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private failure(reason: string): Failure {
    const { openedAtMs, worker, received } = this;
    return { reason, openedAtMs, failedAtMs: performance.now(), worker, hasAnswerBytes: received !== "", mayBeRepeated: false };
  }
}

/** A client that sends exactly the bytes it is given and reports exactly what came back. */

import { connect, type Socket } from "node:net";
import { type Answer, fieldOf, readAnswers } from "./answers.ts";

/** Bytes to send (latin1), a pattern that must have arrived before going on, or a pause in milliseconds. */
export type Step = string | RegExp | number;

export interface Destination {
  readonly host?: string;
  readonly port?: number;
  /** A unix socket instead of host and port. */
  readonly path?: string;
}

export interface ExchangeOptions extends Destination {
  /** Port by its name in the configuration (RunningServer.exchange only). */
  readonly portName?: string;
  /** Answers to read, interim ones not counted, before a connection that is kept is given up: 1 by default. */
  readonly answers?: number;
  /** Methods of the requests, when they cannot be read from the bytes sent. */
  readonly methods?: readonly string[];
  /** End our side right after the last byte. */
  readonly halfClose?: boolean;
  /** 5000 by default; what arrived until then is reported with the end "timeout". */
  readonly timeoutMs?: number;
}

export interface Exchange {
  readonly raw: string;
  readonly answers: readonly Answer[];
  /** Bytes that are no answer. */
  readonly rest: string;
  /** Who ended it: the server ("closed", "reset"), or we, since it was kept open ("kept"). */
  readonly end: "closed" | "reset" | "kept" | "timeout";
}

const TIMEOUT_MS = 5000;
/** How long a server that announced to close may take to do so before we close our side. */
const LINGER_MS = 500;
/** Long enough for the peer to read each part by itself on loopback; a part that is read together with the next fails no test. */
const BETWEEN_PARTS_MS = 5;

/** Cuts `bytes` at the offsets, with a short pause between the parts. */
export function splitAt(bytes: string, offsets: readonly number[]): readonly Step[] {
  const steps: Step[] = [];
  let from = 0;
  for (const offset of offsets) {
    steps.push(bytes.slice(from, offset), BETWEEN_PARTS_MS);
    from = offset;
  }
  steps.push(bytes.slice(from));
  return steps;
}

/** Sends the request on a connection of its own and reads until its answers are complete and the connection's fate is known. */
export function exchange(to: Destination, request: string | readonly Step[], options: ExchangeOptions = {}): Promise<Exchange> {
  return new RawConnection(to, options).run(typeof request === "string" ? [request] : request);
}

/** One connection of the client, from its first byte to its end. */
class RawConnection {
  readonly #socket: Socket;
  readonly #options: ExchangeOptions;
  #methods: readonly string[] = [];
  #raw = "";
  /** The server will send nothing more. */
  #ended = false;
  /** All steps are done. */
  #sent = false;
  #end: Exchange["end"] = "closed";
  #lingering: NodeJS.Timeout | undefined;
  #onChange: () => void = () => {};

  constructor(to: Destination, options: ExchangeOptions) {
    this.#options = options;
    this.#socket = to.path === undefined ? connect({ host: to.host ?? "127.0.0.1", port: to.port ?? 0 }) : connect({ path: to.path });
    this.#socket.setNoDelay(true);
  }

  run(steps: readonly Step[]): Promise<Exchange> {
    const socket = this.#socket;
    this.#methods = this.#options.methods ?? methodsOf(steps.filter((step) => typeof step === "string").join(""));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#end = "timeout";
        socket.destroy();
      }, this.#options.timeoutMs ?? TIMEOUT_MS);
      socket.on("data", (chunk: Buffer) => {
        this.#raw += chunk.toString("latin1");
        this.#onChange();
        this.#endWhenAnswered();
      });
      socket.once("end", () => this.#noMore());
      socket.on("error", (error: NodeJS.ErrnoException) => {
        // A server that answers and closes before it read all we sent resets the connection: part of what is observed.
        if (error.code === "ECONNRESET" || error.code === "EPIPE") this.#end = "reset";
        else reject(error);
      });
      socket.once("close", () => {
        clearTimeout(timer);
        clearTimeout(this.#lingering);
        this.#noMore();
        resolve({ raw: this.#raw, ...readAnswers(this.#raw, this.#methods, true), end: this.#end });
      });
      socket.once("connect", () => void this.#send(steps));
    });
  }

  async #send(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (this.#ended) return;
      if (typeof step === "string") this.#socket.write(Buffer.from(step, "latin1"));
      else if (typeof step === "number") await new Promise((resolve) => setTimeout(resolve, step));
      else await this.#arrival(step);
    }
    this.#sent = true;
    if (this.#options.halfClose === true) this.#socket.end();
    else this.#endWhenAnswered();
  }

  /** Resolves once the pattern has arrived, or nothing more can. */
  #arrival(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      this.#onChange = () => {
        if (this.#ended || pattern.test(this.#raw)) resolve();
      };
      this.#onChange();
    });
  }

  #noMore(): void {
    this.#ended = true;
    this.#onChange();
  }

  /** Closes our side after the wanted answers: at once where the server keeps the connection, else after it had its time to close. */
  #endWhenAnswered(): void {
    if (!this.#sent || this.#end !== "closed" || this.#options.halfClose === true) return;
    const finals = readAnswers(this.#raw, this.#methods, false).answers.filter(({ status }) => status >= 200);
    const last = finals[(this.#options.answers ?? 1) - 1];
    if (last === undefined) return;
    if (fieldOf(last, "connection")?.toLowerCase() === "close") {
      // A server that lingers for the rest of our content goes once our side is closed too.
      this.#lingering ??= setTimeout(() => this.#socket.end(), LINGER_MS);
      return;
    }
    this.#end = "kept";
    this.#socket.end();
  }
}

/** Methods as they stand at the start of the bytes and after each empty line. */
function methodsOf(bytes: string): readonly string[] {
  return [...bytes.matchAll(/(?:^(?:\r?\n)*|\n\r?\n)([A-Z]+) /g)].map((match) => match[1] ?? "GET");
}

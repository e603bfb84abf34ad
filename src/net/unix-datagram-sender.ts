/** Sends lines as datagrams to a unix domain socket: through logger(1), whose standard input they are written to, and bounded. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { findLogger, loggerEnvironment } from "./find-logger.ts";

type Logger = ChildProcessByStdio<Writable, null, Readable>;

/** Octets that the program may be behind; what comes on top is lost. */
const QUEUE_BYTES_MAX = 1024 * 1024;

/** After the program has ended none is started for so long, and losses are told of no more often. */
const RETRY_INTERVAL_MS = 1000;

/** What the program gets after the last line to send what it has: less than a master gives a worker to end. */
const CLOSING_MS_MAX = 500;

/** Longer than any datagram that the system takes, so that lines are never cut in two. */
const LINE_BYTES_MAX = QUEUE_BYTES_MAX;

/** What its error output may say of one failure. */
const COMPLAINT_LENGTH_MAX = 256;

export class UnixDatagramSender {
  private readonly path: string;
  private readonly tag: string;
  private readonly program: string;
  private readonly onLoss: (cause: string) => void;
  private logger: Logger | undefined = undefined;
  private isClosed = false;
  private hasComplained = false;
  private endedAtMs = Number.NEGATIVE_INFINITY;
  private toldAtMs = Number.NEGATIVE_INFINITY;

  /**
   * Each datagram begins `<priority>Nov 22 20:45:55 tag: `. The program starts with the first line, and again, after a pause, when it has ended.
   * `onLoss` hears why lines are lost, at most once a second. Throws where there is no such program.
   */
  constructor(path: string, tag: string, onLoss: (cause: string) => void) {
    this.path = path;
    this.tag = tag;
    this.onLoss = onLoss;
    this.program = findLogger();
  }

  /** `line` is latin1. A line end in it begins another datagram: they are the only ends that the program knows. */
  send(priority: number, line: string): void {
    if (this.isClosed) return;
    const logger = this.logger ?? this.start();
    if (logger === undefined) return;
    if (logger.stdin.writableLength > QUEUE_BYTES_MAX) {
      this.tell("too many lines wait to be sent");
      return;
    }
    const head = `<${priority}>`;
    // The program takes a NUL for the end of its text.
    logger.stdin.write(`${head}${line.replaceAll("\0", "\\x00").replaceAll("\n", `\n${head}`)}\n`, "latin1");
  }

  /** What was given is sent; then the program ends. Settles when it has: this process has to stay for that long. */
  close(): Promise<void> {
    this.isClosed = true;
    const { logger } = this;
    if (logger === undefined) return Promise.resolve();
    logger.ref();
    logger.stdin.end();
    return new Promise((resolve) => {
      // A daemon that has come to a stop would keep it waiting for ever.
      const timer = setTimeout(() => logger.kill(), CLOSING_MS_MAX);
      logger.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Undefined shortly after one has ended, and where none can be started. */
  private start(): Logger | undefined {
    if (performance.now() - this.endedAtMs < RETRY_INTERVAL_MS) return undefined;
    this.hasComplained = false;
    let logger: Logger;
    try {
      logger = spawnLogger(this.program, this.path, this.tag);
    } catch (error) {
      this.end(undefined, (error as Error).message);
      return undefined;
    }
    logger.on("error", (error) => this.end(logger, error.message));
    logger.on("close", (code, signal) => this.end(logger, `${this.program} ended with ${signal ?? code}`));
    // A program that could not be started has no streams.
    if (logger.pid === undefined) return undefined;
    // That it has ended is told of by its "close".
    logger.stdin.on("error", () => {});
    createInterface(logger.stderr).on("line", (text) => this.complain(text));
    this.logger = logger;
    return logger;
  }

  private complain(text: string): void {
    this.hasComplained = true;
    this.tell(text.slice(0, COMPLAINT_LENGTH_MAX));
  }

  private end(logger: Logger | undefined, cause: string): void {
    if (this.logger === logger) this.logger = undefined;
    this.endedAtMs = performance.now();
    if (!this.isClosed && !this.hasComplained) this.tell(cause);
  }

  private tell(cause: string): void {
    const now = performance.now();
    if (now - this.toldAtMs < RETRY_INTERVAL_MS) return;
    this.toldAtMs = now;
    this.onLoss(cause);
  }
}

/** Without a shell, in a session of its own: what a terminal sends to this process is not for it, the end of its input ends it. */
function spawnLogger(program: string, path: string, tag: string): Logger {
  const socket = Buffer.from(path, "latin1").toString();
  const args = ["--udp", `--socket=${socket}`, "--socket-errors=on", "--prio-prefix", `--size=${LINE_BYTES_MAX}`, `--tag=${tag}`];
  const logger = spawn(program, args, { stdio: ["pipe", "ignore", "pipe"], detached: true, env: loggerEnvironment(process.env) });
  logger.unref();
  for (const stream of [logger.stdin, logger.stderr]) (stream as Partial<{ unref(): void }> | undefined)?.unref?.();
  return logger;
}

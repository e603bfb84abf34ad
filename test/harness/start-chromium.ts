/** Headless Chromium, driven over its DevTools protocol through a pair of pipes. CHROMIUM names another binary. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { createPrefix, removePrefix } from "./temporary-prefix.ts";

const CHROMIUM = [process.env["CHROMIUM"] ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (path) => path !== "" && existsSync(path),
);

/** Nothing of its own goes over the network; test certificates are nobody's; tests may run as root and without a display. */
const FLAGS = [
  "--headless=new",
  "--remote-debugging-pipe",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--ignore-certificate-errors",
];
const COMMAND_TIMEOUT_MS = 30_000;
const STOP_DEADLINE_MS = 5000;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export interface Page {
  /** Resolves when the page and its assets have loaded. */
  navigate(url: string): Promise<void>;
  /** The value of an expression in the page, awaited there; rejects with the page's exception. */
  evaluate(expression: string): Promise<unknown>;
  /** Does something that leads to another page, and resolves when that has loaded. */
  follow(expression: string): Promise<void>;
}

export interface Chromium {
  openPage(): Promise<Page>;
  stop(): Promise<void>;
}

export function haveChromium(): boolean {
  return CHROMIUM !== undefined;
}

/** Starts a browser with an empty profile. */
export async function startChromium(): Promise<Chromium> {
  if (CHROMIUM === undefined) throw new Error("Install Chromium: none found");
  const profile = createPrefix();
  const child = spawn(CHROMIUM, [...FLAGS, `--user-data-dir=${join(profile, "profile")}`, "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  // The process that dies with the tests must not leave a browser behind.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  // Descriptors 3 and 4 are pipes because `stdio` says so.
  const tools = new DevTools(child.stdio[3] as Writable, child.stdio[4] as Readable, ended);
  return {
    openPage: () => openPage(tools),
    stop: async () => {
      tools.closeBrowser();
      const late = setTimeout(kill, STOP_DEADLINE_MS);
      await ended;
      clearTimeout(late);
      process.off("exit", kill);
      removePrefix(profile);
    },
  };
}

async function openPage(tools: DevTools): Promise<Page> {
  const { targetId } = (await tools.send("Target.createTarget", { url: "about:blank" })) as { targetId: string };
  const { sessionId } = (await tools.send("Target.attachToTarget", { targetId, flatten: true })) as { sessionId: string };
  const send = (method: string, params: object): Promise<unknown> => tools.send(method, params, sessionId);
  await send("Page.enable", {});
  const evaluate = async (expression: string): Promise<unknown> => {
    const answer = (await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true })) as {
      readonly result: { readonly value?: unknown };
      readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
    };
    const { exceptionDetails } = answer;
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return answer.result.value;
  };
  return {
    evaluate,
    navigate: async (url) => {
      const load = async (): Promise<void> => {
        const { errorText } = (await send("Page.navigate", { url })) as { errorText?: string };
        if (errorText !== undefined) throw new Error(`Cannot load "${url}": ${errorText}`);
      };
      await Promise.all([tools.event("Page.loadEventFired"), load()]);
    },
    follow: async (expression) => {
      await Promise.all([tools.event("Page.loadEventFired"), evaluate(expression)]);
    },
  };
}

/** Commands and events as JSON texts, each ended by a NUL (chromedevtools.github.io/devtools-protocol). */
class DevTools {
  readonly #input: Writable;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Map<string, () => void>();
  readonly #ended: Promise<void>;
  #lastId = 0;
  #held = "";

  constructor(input: Writable, output: Readable, ended: Promise<void>) {
    this.#input = input;
    this.#ended = ended;
    // The browser's end is told of by `ended`.
    input.on("error", () => {});
    output.setEncoding("utf8").on("data", (text: string) => {
      const messages = (this.#held + text).split("\0");
      this.#held = messages.pop() ?? "";
      for (const message of messages) this.#take(JSON.parse(message) as Message);
    });
  }

  async send(method: string, params: object, sessionId?: string): Promise<unknown> {
    const id = ++this.#lastId;
    const answered = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { error, result } = await this.#inTime(method, answered);
    if (error !== undefined) throw new Error(`${method} failed: ${error.message}`);
    return result;
  }

  /** Resolves with the next event of that name. */
  event(method: string): Promise<void> {
    return this.#inTime(method, new Promise((resolve) => this.#listeners.set(method, resolve)));
  }

  /** The browser's answer is its end. */
  closeBrowser(): void {
    this.#input.write(`${JSON.stringify({ id: ++this.#lastId, method: "Browser.close" })}\0`);
  }

  #take(message: Message): void {
    if (message.id === undefined) {
      this.#listeners.get(message.method ?? "")?.();
      return;
    }
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }

  async #inTime<T>(what: string, task: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what}: nothing came from the browser`)), COMMAND_TIMEOUT_MS);
    });
    const gone = this.#ended.then(() => {
      throw new Error(`${what}: the browser ended`);
    });
    try {
      return await Promise.race([task, late, gone]);
    } finally {
      clearTimeout(timer);
    }
  }
}

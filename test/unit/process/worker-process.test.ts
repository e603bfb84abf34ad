import { expect, test } from "vitest";
import type { MasterChannel } from "../../../src/process/master-channel.ts";
import { runWorker } from "../../../src/process/worker-process.ts";

/** A worker that hears one message before anything else. */
function workerThatHears(message: Parameters<Parameters<MasterChannel["listen"]>[0]>[0]): Promise<number> {
  return runWorker({ tell: () => {}, give: () => Promise.resolve(), listen: (onMessage) => onMessage(message, undefined) });
}

test.each(["quit", "retire"] as const)("a worker that is told to %s before it was told what to serve ends", async (kind) => {
  expect(await workerThatHears({ kind })).toBe(0);
});

import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { MasterFigures } from "../../../src/process/master-figures.ts";
import { MasterZones } from "../../../src/process/master-zones.ts";
import { createServices } from "../../../src/process/services.ts";
import { WorkerHandle } from "../../../src/process/worker-handle.ts";
import type { MasterMessage } from "../../../src/process/worker-messages.ts";

function startHandle() {
  const sent: MasterMessage[] = [];
  const program = Object.assign(new EventEmitter(), { pid: 7, connected: true, send: (message: MasterMessage) => sent.push(message) });
  const worker = new WorkerHandle({
    program: program as unknown as ChildProcess,
    sockets: [],
    zones: new MasterZones(createServices(), () => undefined),
    connections: new MasterFigures(),
    onGiven: () => {},
    onExit: () => {},
  });
  return { worker, program, sent };
}

test("two who ask for health at once both hear it", async () => {
  const { worker, program, sent } = startHandle();
  const asked = [worker.askHealth(), worker.askHealth()];
  expect(sent.filter(({ kind }) => kind === "health")).not.toEqual([]);
  program.emit("message", { kind: "health", health: [["http://a", { fails: 1, failedAgoMs: 5, checkedAgoMs: null }]] });
  expect(await Promise.all(asked)).toEqual(Array(2).fill([["http://a", { fails: 1, failedAgoMs: 5, checkedAgoMs: null }]]));
});

test("two who ask for health hear of nothing when the worker ends", async () => {
  const { worker, program } = startHandle();
  const asked = [worker.askHealth(), worker.askHealth()];
  program.connected = false;
  program.emit("exit", null, "SIGKILL");
  expect(await Promise.all(asked)).toEqual([[], []]);
});

import { EventEmitter } from "node:events";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { Generation, type GenerationOptions } from "../../../src/process/generation.ts";
import { MasterFigures } from "../../../src/process/master-figures.ts";
import { MasterZones } from "../../../src/process/master-zones.ts";
import { createServices } from "../../../src/process/services.ts";
import type { GivenConnection } from "../../../src/process/worker-handle.ts";
import type { MasterMessage } from "../../../src/process/worker-messages.ts";

/** A worker's program that only notes what it is sent. */
class SilentProgram extends EventEmitter {
  readonly pid = 7;
  readonly connected = true;
  readonly heard: string[] = [];

  send(message: MasterMessage): void {
    this.heard.push(message.kind);
  }
}

test("connections that former workers have kept go to workers that serve, and to no other", () => {
  const programs = [new SilentProgram(), new SilentProgram(), new SilentProgram()] as const;
  const left: SilentProgram[] = [...programs];
  const services = createServices();
  const options = {
    workersNumber: programs.length,
    programs: { take: () => left.shift() },
    sockets: [],
    zones: new MasterZones(services, () => undefined),
    connections: new MasterFigures(),
    log: services.log,
  };
  const generation = new Generation(options as unknown as GenerationOptions);
  void generation.start(new Promise(() => {}));
  programs[0].emit("message", { kind: "ready" });
  programs[2].emit("message", { kind: "ready" });

  const sockets = Array.from({ length: 4 }, () => new Socket());
  for (const socket of sockets) generation.adopt({ kind: "connection" } as GivenConnection, socket);

  expect(sockets.filter((socket) => socket.destroyed)).toEqual([]);
  expect(programs.map(({ heard }) => heard.length)).toEqual([2, 0, 2]);
});

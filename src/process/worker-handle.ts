/** A worker as its master sees it: a child process, what it said, and how it ended. */

import type { ChildProcess, SendHandle } from "node:child_process";
import { Socket } from "node:net";
import { type ConnectionFigures, noConnections, pastFigures } from "../net/connection-figures.ts";
import type { PeerQuestions } from "../upstream/balancing/peer-questions.ts";
import type { ZoneQuestions } from "../zone/zone-questions.ts";
import type { BoundSocket } from "./bound-socket.ts";
import type { CarriedHealth } from "./carried-health.ts";
import type { MasterFigures } from "./master-figures.ts";
import type { MasterZones } from "./master-zones.ts";
import type { MasterMessage, WorkerMessage } from "./worker-messages.ts";

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface WorkerOptions {
  /** Its program, which waits for its first message. */
  readonly program: ChildProcess;
  /** It will accept on them. */
  readonly sockets: readonly BoundSocket[];
  readonly zones: MasterZones;
  readonly connections: MasterFigures;
  /** It gives a connection to an upstream away. */
  readonly onGiven: (message: GivenConnection, socket: Socket) => void;
  readonly onExit: (worker: WorkerHandle, exit: WorkerExit) => void;
}

export type GivenConnection = Extract<WorkerMessage, { kind: "connection" }>;

/** A worker that does not tell what it is asked is not waited for. */
const ANSWER_TIMEOUT_MS = 1000;

export class WorkerHandle {
  readonly pid: number;
  readonly startedAtMs = performance.now();
  /** Settles when the worker accepts, with "", or cannot, with the reason. */
  readonly started: Promise<string>;
  isReady = false;
  isAlive = true;
  /** Why it cannot serve, in its own words; "" while it has said nothing of the kind. */
  complaint = "";
  private readonly child: ChildProcess;
  private readonly onGiven: WorkerOptions["onGiven"];
  private readonly zones: MasterZones;
  private readonly connections: MasterFigures;
  private readonly sockets: readonly BoundSocket[];
  private settleStarted: (failure: string) => void = () => {};
  /** As it last told them. */
  figures: ConnectionFigures = noConnections();
  private onFigures: ((figures: ConnectionFigures) => void) | undefined = undefined;
  private onHealth: ((health: CarriedHealth) => void) | undefined = undefined;

  constructor({ program, sockets, zones, connections, onGiven, onExit }: WorkerOptions) {
    this.sockets = sockets;
    this.onGiven = onGiven;
    this.zones = zones;
    this.connections = connections;
    connections.started(this);
    this.started = new Promise((resolve) => {
      this.settleStarted = resolve;
    });
    this.child = program;
    this.pid = this.child.pid ?? -1;
    this.child.on("message", (message: WorkerMessage, handle: SendHandle | undefined) => this.hear(message, handle));
    this.child.once("error", (error) => this.end(`spawn() failed: ${error.message}`, { code: null, signal: null }, onExit));
    this.child.once("exit", (code, signal) => {
      const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
      const end = (): void => this.end(`worker process ${this.pid} ${how} before it could serve`, { code, signal }, onExit);
      // Its last words may still be on the way.
      if (this.child.connected) this.child.once("disconnect", end);
      else end();
    });
  }

  begin(message: Omit<Extract<MasterMessage, { kind: "begin" }>, "kind">): void {
    // Node.js keeps the order of messages, whether they carry a socket or not.
    for (const { key, handle } of this.sockets) this.send({ kind: "socket", key }, handle);
    this.tell({ kind: "begin", ...message });
  }

  /** A worker that is gone hears nothing: its exit is told of by itself. */
  tell(message: MasterMessage): void {
    this.send(message, undefined);
  }

  /** The socket is the worker's from then on; closed where there is none to take it. */
  give(message: GivenConnection, socket: Socket): void {
    if (this.child.connected) this.child.send(message, socket, () => {});
    else socket.destroy();
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Empty when the worker ends or is silent. */
  askHealth(): Promise<CarriedHealth> {
    return new Promise((resolve) => {
      // Two who ask at once, for two workers that ended together, hear the same.
      const earlier = this.onHealth;
      const timer = setTimeout(() => this.onHealth?.([]), ANSWER_TIMEOUT_MS);
      this.onHealth = (health) => {
        clearTimeout(timer);
        this.onHealth = undefined;
        earlier?.(health);
        resolve(health);
      };
      this.tell({ kind: "health" });
    });
  }

  /** How many clients' connections it has; what it last told when it ends or is silent. */
  askFigures(): Promise<ConnectionFigures> {
    return new Promise((resolve) => {
      const earlier = this.onFigures;
      const timer = setTimeout(() => this.onFigures?.(this.figures), ANSWER_TIMEOUT_MS);
      this.onFigures = (figures) => {
        clearTimeout(timer);
        this.onFigures = undefined;
        earlier?.(figures);
        resolve(figures);
      };
      this.tell({ kind: "figures" });
    });
  }

  private send(message: MasterMessage, handle: SendHandle | undefined): void {
    if (this.child.connected) this.child.send(message, handle, () => {});
  }

  private hear(message: WorkerMessage, handle: SendHandle | undefined): void {
    switch (message.kind) {
      case "ready":
        this.isReady = true;
        this.settleStarted("");
        return;
      case "failed":
        this.complaint = message.message;
        this.settleStarted(message.message);
        return;
      case "health":
        this.onHealth?.(message.health);
        return;
      case "figures":
        this.figures = message.figures;
        this.onFigures?.(message.figures);
        return;
      case "all figures":
        void this.connections.tell(this);
        return;
      case "zone questions":
        this.answerZones(message.questions);
        return;
      case "session questions":
        this.tell({ kind: "session answers", answers: this.zones.answerSessions(message.questions) });
        return;
      case "peer questions":
        this.answerPeers(message.questions);
        return;
      case "zones":
        this.zones.carry(message.zones);
        return;
      case "sessions":
        this.zones.carrySessions(message.sessions);
        return;
      case "connection":
        if (handle instanceof Socket) this.onGiven(message, handle);
    }
  }

  /** What is only given back needs no answer. */
  private answerZones(questions: ZoneQuestions): void {
    const answers = this.zones.answer(this, questions);
    if (answers.outcomes.length > 0) this.tell({ kind: "zone answers", answers });
  }

  private answerPeers(questions: PeerQuestions): void {
    const answers = this.zones.answerPeers(this, questions);
    if (answers.answers.length > 0) this.tell({ kind: "peer answers", answers });
  }

  private end(failure: string, exit: WorkerExit, onExit: WorkerOptions["onExit"]): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.zones.forget(this);
    this.connections.ended(this);
    this.onFigures?.(pastFigures(this.figures));
    this.settleStarted(failure);
    this.onHealth?.([]);
    onExit(this, exit);
  }
}

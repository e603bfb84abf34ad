/** A worker: serves the configuration that its master sends, on sockets that its master has bound, until it is told to end. */

import type { SendHandle } from "node:child_process";
import { Socket } from "node:net";
import { type LoadedConfig, loadConfig } from "../boot/load-config.ts";
import { adoptHosts } from "../boot/resolve-upstreams.ts";
import { Runtime } from "../boot/runtime.ts";
import type { Snapshot } from "../boot/snapshot.ts";
import { replayReader } from "../config/recorded-reader.ts";
import { SERVED_CONNECTIONS_KEY } from "../http/served-connections.ts";
import { adoptConnection, handOverConnections } from "./carried-connections.ts";
import { adoptHealth, readHealth } from "./carried-health.ts";
import { adoptTicketKey } from "./carried-ticket-key.ts";
import type { MasterChannel } from "./master-channel.ts";
import { openMainLog } from "./open-main-log.ts";
import { createServices, type ProcessServices } from "./services.ts";
import { listenToWorkerSignals } from "./signals.ts";
import { describeDiagnostic } from "./start-log.ts";
import { surviveErrors } from "./survive-errors.ts";
import { becomeUser } from "./system-user.ts";
import { WorkerFigures } from "./worker-figures.ts";
import type { MasterMessage, WorkerConfig } from "./worker-messages.ts";
import { WorkerZones } from "./worker-zones.ts";

/** nginx's code of a worker that could not begin (ngx_worker_process_init). */
const CANNOT_BEGIN = 2;

/** Resolves with the exit code. */
export function runWorker(master: MasterChannel): Promise<number> {
  return new WorkerProcess(master).ended;
}

class WorkerProcess {
  readonly ended: Promise<number>;
  private readonly master: MasterChannel;
  private readonly services: ProcessServices = createServices();
  private readonly runtime: Runtime;
  private state: "starting" | "serving" | "draining" | "ended" = "starting";
  /** Sockets to accept on, by their key. */
  private readonly fds = new Map<string, number>();
  private readonly zones: WorkerZones;
  private readonly figures: WorkerFigures;
  private shutdownTimeoutMs: number | undefined = undefined;
  private settleEnded: (code: number) => void = () => {};

  constructor(master: MasterChannel) {
    this.master = master;
    this.zones = new WorkerZones(master, this.services);
    this.figures = this.services.shared(
      SERVED_CONNECTIONS_KEY,
      () =>
        new WorkerFigures(
          () => this.services.connections.figures(),
          () => master.tell({ kind: "all figures" }),
        ),
    );
    const { deadlines, connections, log } = this.services;
    this.runtime = new Runtime({ deadlines, connections, errorLog: log });
    this.ended = new Promise((resolve) => {
      this.settleEnded = resolve;
    });
    process.title = "foregate: worker process";
    // One after the other: a worker may be told to end while it still begins.
    let heard: Promise<void> = Promise.resolve();
    master.listen(
      (message, handle) => {
        heard = heard.then(() => this.obey(message, handle));
      },
      () => {
        this.zones.masterGone();
        this.quit();
      },
    );
  }

  private async obey(message: MasterMessage, handle: SendHandle | undefined): Promise<void> {
    if (this.state === "ended") return;
    switch (message.kind) {
      case "socket":
        this.fds.set(message.key, descriptorOf(handle));
        return;
      case "begin":
        await this.begin(message);
        return;
      case "retire":
        this.retire(message.config);
        return;
      case "quit":
        this.quit();
        return;
      case "reopen":
        this.services.reopenLogs();
        return;
      case "health":
        this.master.tell({ kind: "health", health: readHealth(this.services) });
        return;
      case "figures":
        this.tellFigures();
        return;
      case "all figures":
        this.figures.hear(message.figures);
        return;
      case "zone answers":
        this.zones.hear(message.answers);
        return;
      case "session answers":
        this.zones.hearSessions(message.answers);
        return;
      case "peer answers":
        this.zones.hearPeers(message.answers);
        return;
      case "zones":
        this.zones.merge(message.zones);
        return;
      case "sessions":
        this.zones.mergeSessions(message.sessions);
        return;
      case "connection":
        if (handle instanceof Socket) adoptConnection(message.connection, handle, this.services);
    }
  }

  private async begin({ config, user, health, ticketKey, sharesZones }: Extract<MasterMessage, { kind: "begin" }>): Promise<void> {
    const { services, runtime } = this;
    try {
      adoptHealth(health, services);
      adoptTicketKey(ticketKey, services);
      this.zones.begin(sharesZones);
      const loaded = this.load(config);
      services.log.use(openMainLog(loaded, services));
      listenToWorkerSignals({ stop: () => this.stop(), quit: () => this.quit(), reopen: () => services.reopenLogs() }, services.log);
      await runtime.listen(loaded.snapshot, this.fds);
      // Logs, certificates and sockets are open: nothing below needs more than the user's rights.
      if (user !== undefined) becomeUser(user);
      this.shutdownTimeoutMs = loaded.main.worker_shutdown_timeout;
    } catch (error) {
      this.fail(error);
      return;
    }
    surviveErrors(services.log);
    this.state = "serving";
    this.master.tell({ kind: "ready" });
  }

  /** Throws with the first mistake: the master found none in the same text, so that a file beside it must have changed. */
  private load({ conf, paths, commandLine, recording, hosts }: WorkerConfig): LoadedConfig & { readonly snapshot: Snapshot } {
    const loaded = loadConfig({ path: conf, paths, commandLine, services: this.services, reader: replayReader(recording) });
    const { snapshot } = loaded;
    if (snapshot !== undefined) {
      adoptHosts(snapshot.upstreams, hosts);
      return { ...loaded, snapshot };
    }
    const mistake = loaded.diagnostics.find(({ level }) => level === "emerg");
    throw new Error(mistake === undefined ? `Cannot load "${conf}"` : describeDiagnostic(mistake));
  }

  private tellFigures(): void {
    this.master.tell({ kind: "figures", figures: this.services.connections.figures() });
  }

  private fail(error: unknown): void {
    this.state = "ended";
    this.runtime.destroy();
    this.master.tell({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
    void this.services.release().then(() => this.settleEnded(CANNOT_BEGIN));
  }

  /** Nothing is cut: what open connections ask from now on is answered by the configuration that follows. */
  private retire(config: WorkerConfig | undefined): void {
    // Whom others follow before it was told what to serve has nothing to go on with.
    if (this.state === "starting") this.stop();
    if (this.state !== "serving") return;
    this.zones.handOver();
    if (config === undefined) {
      this.drain(this.runtime.retire(undefined));
      return;
    }
    const given = handOverConnections(this.services, (connection, socket) => this.master.give({ kind: "connection", connection }, socket));
    const retired = this.runtime.retire(this.loadSuccessor(config));
    this.drain(Promise.all([given, retired]));
  }

  /** A worker that is no longer the super-user may not be allowed to open all that its successors have. */
  private loadSuccessor(config: WorkerConfig): Snapshot | undefined {
    try {
      return this.load(config).snapshot;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.services.log.write("notice", undefined, `open connections keep the former configuration: ${why}`);
      return undefined;
    }
  }

  /** Accepts no more, lets what is open finish within worker_shutdown_timeout, and ends. */
  private quit(): void {
    if (this.state === "starting") this.stop();
    else if (this.state === "serving") this.drain(this.runtime.drain());
  }

  private drain(drained: Promise<unknown>): void {
    this.state = "draining";
    process.title = "foregate: worker process is shutting down";
    this.services.log.write("notice", undefined, "gracefully shutting down");
    if (this.shutdownTimeoutMs !== undefined && this.shutdownTimeoutMs > 0) setTimeout(() => this.stop(), this.shutdownTimeoutMs);
    void drained.then(() => this.stop());
  }

  /** Cuts every connection and ends. */
  private stop(): void {
    if (this.state === "ended") return;
    this.state = "ended";
    this.tellFigures();
    this.runtime.destroy();
    this.services.log.write("notice", undefined, "exit");
    void this.services.release().then(() => this.settleEnded(0));
  }
}

/** Of a socket that is bound, as its master has it: never closed here as what it came as. */
function descriptorOf(handle: SendHandle | undefined): number {
  return (handle as unknown as { readonly fd: number }).fd;
}

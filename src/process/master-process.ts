/** The master: owns the sockets, starts the workers and replaces them, and serves nobody (nginx: ngx_master_process_cycle). */

import type { Snapshot } from "../boot/snapshot.ts";
import { serverToken } from "../http/server-identity.ts";
import type { CarriedHealth } from "./carried-health.ts";
import { readCarriedTicketKey } from "./carried-ticket-key.ts";
import { Generation } from "./generation.ts";
import { HeldPidFile } from "./held-pid-file.ts";
import type { InheritedSockets } from "./inherited-sockets.ts";
import { ListeningSockets } from "./listening-sockets.ts";
import type { RecordedConfig } from "./load-recorded.ts";
import { MasterFigures } from "./master-figures.ts";
import { MasterZones } from "./master-zones.ts";
import { openMainLog } from "./open-main-log.ts";
import { pidPathOf } from "./pid-file.ts";
import { generationOf, type PreparedConfig, prepareConfig, warnOfSuperUser } from "./prepared-config.ts";
import { describeFailure, isRefusal, WorkersError } from "./refusal.ts";
import { reportToLog } from "./report-to-log.ts";
import { createServiceManager, type ServiceManager } from "./service-manager.ts";
import type { ProcessServices } from "./services.ts";
import { listenToMasterSignals, type MasterSignalActions } from "./signals.ts";
import type { StartLog } from "./start-log.ts";
import { type Successor, startSuccessor } from "./successor.ts";
import { surviveErrors } from "./survive-errors.ts";
import type { WorkerPrograms } from "./worker-programs.ts";

export interface MasterOptions {
  /** Reads the configuration again. */
  readonly load: () => Promise<RecordedConfig>;
  readonly services: ProcessServices;
  readonly startLog: StartLog;
  /** Relative pid files are below it; ends in "/". */
  readonly prefix: string;
  readonly isDaemon: boolean;
  readonly inherited: InheritedSockets;
  readonly programs: WorkerPrograms;
}

/** Without workers nothing else keeps the process: bound sockets that do not listen count for nothing. */
const STAY_ALIVE_MS = 2 ** 31 - 1;

export class MasterProcess implements MasterSignalActions {
  /** Settles when the last worker has ended and all is released. */
  readonly ended: Promise<void>;
  private readonly options: MasterOptions;
  private readonly sockets: ListeningSockets;
  private readonly serviceManager: ServiceManager;
  private readonly pidFile = new HeldPidFile();
  private readonly zones: MasterZones;
  private readonly connections = new MasterFigures();
  private readonly parentPid = process.ppid;
  private state: "starting" | "serving" | "ending" | "ended" = "starting";
  /** What is served: also while no worker serves it. */
  private prepared: PreparedConfig | undefined = undefined;
  private current: Generation | undefined = undefined;
  /** All that have workers: those that end and the one that begins, too. */
  private readonly generations = new Set<Generation>();
  private successor: Successor | undefined = undefined;
  private reloading: Promise<void> = Promise.resolve();
  private isReloadWaiting = false;
  private readonly staying = setInterval(() => {}, STAY_ALIVE_MS);
  private settleEnded: () => void = () => {};

  constructor(options: MasterOptions) {
    this.options = options;
    this.sockets = new ListeningSockets(options.inherited.sockets);
    this.zones = new MasterZones(options.services, () => this.current);
    this.serviceManager = createServiceManager(options.services.log);
    this.ended = new Promise((resolve) => {
      this.settleEnded = resolve;
    });
    process.title = `foregate: master process ${process.argv.slice(1).join(" ")}`;
  }

  /** Addresses being served, as in the configuration. */
  get addresses(): readonly string[] {
    return this.sockets.keys;
  }

  /** Resolves to true once every worker accepts and the pid file says so; to false, having said why, when that cannot be. */
  async start(recorded: RecordedConfig, snapshot: Snapshot): Promise<boolean> {
    const { services, startLog } = this.options;
    try {
      services.log.use(openMainLog(recorded.loaded, services));
      const prepared = prepareConfig(recorded, snapshot);
      await this.sockets.open(snapshot.sockets, (message) => startLog.report("notice", message));
      // Before the pid file appears: whoever reads it may send a signal at once, and unheard ones end a process.
      this.listen();
      services.log.write("notice", undefined, `${serverToken("on")} on Node.js ${process.versions.node}`);
      warnOfSuperUser(prepared, services.log);
      const failure = await this.serve(prepared, Promise.resolve([]));
      if (this.isEnding) return await this.abandonStart();
      if (failure !== "") {
        startLog.report("emerg", failure);
        return await this.abandonStart();
      }
      this.adopt(prepared);
      this.pidFile.moveTo(pidPathOf(recorded.loaded.main.pid, this.options.prefix));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      startLog.report("emerg", error.message);
      return await this.abandonStart();
    }
    this.state = "serving";
    this.serviceManager.ready();
    return true;
  }

  /** Workers cut every connection and end. */
  stop(): void {
    if (this.state === "ended") return;
    this.beginEnd();
    for (const generation of this.generations) generation.terminate();
    this.endWithoutWorkers();
  }

  /** Workers accept no more, let what is open finish within worker_shutdown_timeout, and end. */
  quit(): void {
    if (this.isEnding) return;
    this.beginEnd();
    for (const generation of this.generations) generation.end({ kind: this.isShared ? "retire" : "quit" });
    // nginx: from now on connections are refused, not left to wait for nobody.
    if (!this.isShared) this.sockets.releaseAll();
    this.endWithoutWorkers();
  }

  /** Switches to the configuration as it is now; a bad one is logged and the present one stays. */
  reload(): void {
    // A reload that waits has not read the files yet: it stands for any number of signals.
    if (this.isReloadWaiting) return;
    this.isReloadWaiting = true;
    this.reloading = this.reloading.then(async () => {
      this.isReloadWaiting = false;
      if (this.state === "serving") await (this.successor === undefined ? this.switchOver() : this.serveAgain());
    });
  }

  reopen(): void {
    this.options.services.reopenLogsFor(this.prepared?.user);
    for (const generation of this.generations) generation.tell({ kind: "reopen" });
  }

  /** Starts the program that is in this one's place now, beside this one. */
  upgrade(): void {
    const { log } = this.options.services;
    if (this.isShared || this.state !== "serving") {
      log.write("warn", undefined, "changing the program is ignored: the old or the new one has to end first");
      return;
    }
    try {
      this.pidFile.setAside();
    } catch (error) {
      log.write("alert", undefined, (error as Error).message);
      return;
    }
    this.successor = startSuccessor(this.sockets.all, (how) => this.successorEnded(how));
    log.write("notice", undefined, `start new binary process ${this.successor.pid}`);
  }

  /** Workers end as for `quit`; the sockets stay, so that a successor or a reload serves on. */
  stopWorkers(): void {
    if (this.isEnding) return;
    this.current = undefined;
    for (const generation of this.generations) generation.end({ kind: "retire" });
  }

  private listen(): void {
    const { services, isDaemon } = this.options;
    surviveErrors(services.log);
    listenToMasterSignals(this, services.log, isDaemon);
  }

  /** Starts workers, and keeps them once all of them accept. Resolves with why they cannot, or "". */
  private async serve(prepared: PreparedConfig, health: Promise<CarriedHealth>): Promise<string> {
    const generation: Generation = new Generation({
      ...generationOf(prepared, this.sockets.all),
      programs: this.options.programs,
      ticketKey: readCarriedTicketKey(this.options.services),
      zones: this.zones,
      connections: this.connections,
      log: this.options.services.log,
      heir: () => this.current,
      onEnded: () => this.workerEnded(generation),
    });
    this.generations.add(generation);
    const failure = await generation.start(health);
    if (failure === "") this.current = generation;
    return failure;
  }

  private async switchOver(): Promise<void> {
    const { load, services } = this.options;
    const { log } = services;
    log.write("notice", undefined, "reconfiguring");
    this.serviceManager.reloading();
    try {
      const recorded = await load();
      if (this.isEnding) return;
      reportToLog(recorded.loaded.diagnostics, log);
      if (recorded.loaded.snapshot !== undefined) await this.replaceWorkers(recorded, recorded.loaded.snapshot);
    } catch (error) {
      const { level, message } = describeFailure(error);
      log.write(level, undefined, message);
    }
    this.serviceManager.ready();
  }

  private async replaceWorkers(recorded: RecordedConfig, snapshot: Snapshot): Promise<void> {
    const { services } = this.options;
    const errorLog = openMainLog(recorded.loaded, services);
    const prepared = prepareConfig(recorded, snapshot);
    const { keys: formerKeys } = this.sockets;
    const previous = this.current;
    try {
      await this.sockets.open(snapshot.sockets, (message) => services.log.write("notice", undefined, message));
      if (this.isEnding) return;
      this.pidFile.moveTo(pidPathOf(recorded.loaded.main.pid, this.options.prefix));
      const failure = await this.serve(prepared, previous?.askHealth() ?? Promise.resolve([]));
      if (failure !== "") throw new WorkersError(failure);
    } catch (error) {
      this.sockets.keepOnly(new Set(formerKeys));
      if (this.prepared !== undefined) this.pidFile.moveTo(pidPathOf(this.prepared.main.pid, this.options.prefix));
      throw error;
    }
    if (this.isEnding) return;
    this.adopt(prepared);
    services.log.use(errorLog);
    previous?.end({ kind: "retire", config: prepared.config });
    services.log.write("notice", undefined, "reconfigured");
  }

  /** After WINCH, while a successor serves: back to this program, as it was (nginx: HUP starts workers without reading anything). */
  private async serveAgain(): Promise<void> {
    if (this.state !== "serving" || this.current !== undefined || this.prepared === undefined) return;
    const failure = await this.serve(this.prepared, Promise.resolve([]));
    if (failure !== "") this.options.services.log.write("emerg", undefined, failure);
  }

  private adopt(prepared: PreparedConfig): void {
    this.prepared = prepared;
    this.zones.adopt(prepared.shared);
    this.sockets.keepOnly(prepared.socketKeys);
  }

  private successorEnded(how: string): void {
    const { log } = this.options.services;
    log.write("notice", undefined, `new binary process ${this.successor?.pid} ${how}`);
    this.successor = undefined;
    try {
      this.pidFile.takeBack();
    } catch (error) {
      log.write("alert", undefined, (error as Error).message);
    }
    this.serviceManager.ready();
    // Workers that WINCH had ended are needed again.
    this.reloading = this.reloading.then(() => this.serveAgain());
  }

  private workerEnded(generation: Generation): void {
    if (generation.size === 0 && generation !== this.current) this.generations.delete(generation);
    this.endWithoutWorkers();
  }

  private get isEnding(): boolean {
    return this.state === "ending" || this.state === "ended";
  }

  /** Another master serves on these sockets. */
  private get isShared(): boolean {
    return this.successor !== undefined || (this.options.inherited.from === "master" && process.ppid === this.parentPid);
  }

  private beginEnd(): void {
    if (this.state === "serving" && !this.isShared) this.serviceManager.stopping();
    this.state = "ending";
  }

  private async abandonStart(): Promise<false> {
    this.stop();
    await this.ended;
    return false;
  }

  private endWithoutWorkers(): void {
    if (this.state !== "ending" || [...this.generations].some((generation) => generation.size > 0)) return;
    this.state = "ended";
    clearInterval(this.staying);
    this.pidFile.remove();
    if (!this.isShared) this.sockets.releaseAll();
    const { services } = this.options;
    services.log.write("notice", undefined, "exit");
    void services.release().then(() => this.settleEnded());
  }
}

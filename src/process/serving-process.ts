/** The one process that serves where `master_process off` says so: from a loaded configuration to the last connection, through reloads. */

import type { LoadedConfig } from "../boot/load-config.ts";
import { Runtime } from "../boot/runtime.ts";
import type { Snapshot } from "../boot/snapshot.ts";
import { serverToken } from "../http/server-identity.ts";
import { adoptZones } from "./adopt-zones.ts";
import { bindWithPatience } from "./bind-with-patience.ts";
import { openMainLog } from "./open-main-log.ts";
import { pidPathOf, removePidFile, writePidFile } from "./pid-file.ts";
import { describeFailure, isRefusal } from "./refusal.ts";
import { reportToLog } from "./report-to-log.ts";
import type { ProcessServices } from "./services.ts";
import { listenToSignals } from "./signals.ts";
import type { StartLog } from "./start-log.ts";
import { surviveErrors } from "./survive-errors.ts";
import { createTempPaths } from "./temp-paths.ts";

export interface ServingOptions {
  /** Reads the configuration again. */
  readonly load: () => Promise<LoadedConfig>;
  readonly services: ProcessServices;
  readonly startLog: StartLog;
  /** Relative pid files are below it; ends in "/". */
  readonly prefix: string;
}

/** A configuration without a server has no socket that would keep the process; nginx goes on then, too. */
const STAY_ALIVE_MS = 2 ** 31 - 1;

export class ServingProcess {
  /** Settles when nothing is served any more and all is released. */
  readonly ended: Promise<void>;
  private readonly options: ServingOptions;
  private readonly runtime: Runtime;
  private state: "starting" | "serving" | "draining" | "ended" = "starting";
  private pidPath: string | undefined = undefined;
  private shutdownTimeoutMs: number | undefined = undefined;
  private reloading: Promise<void> = Promise.resolve();
  private isReloadWaiting = false;
  private staying: NodeJS.Timeout | undefined = undefined;
  private settleEnded: () => void = () => {};

  constructor(options: ServingOptions) {
    this.options = options;
    this.runtime = new Runtime({
      deadlines: options.services.deadlines,
      connections: options.services.connections,
      errorLog: options.services.log,
    });
    this.ended = new Promise((resolve) => {
      this.settleEnded = resolve;
    });
  }

  /** Addresses being served, as in the configuration. */
  get addresses(): readonly string[] {
    return this.runtime.addresses;
  }

  /** Resolves to true once every listener accepts and the pid file says so; to false, having said why, when that cannot be. */
  async start(loaded: LoadedConfig, snapshot: Snapshot): Promise<boolean> {
    const { services, startLog } = this.options;
    try {
      services.log.use(openMainLog(loaded, services));
      createTempPaths(loaded.tempPaths, undefined);
      await bindWithPatience(
        () => this.runtime.apply(snapshot),
        (message) => startLog.report("notice", message),
      );
      // Before the pid file appears: whoever reads it may send a signal at once, and unheard ones end a process.
      this.listen();
      this.adopt(loaded);
      adoptZones(snapshot, services);
    } catch (error) {
      this.runtime.destroy();
      if (!isRefusal(error)) throw error;
      startLog.report("emerg", error.message);
      return false;
    }
    this.state = "serving";
    this.staying = setInterval(() => {}, STAY_ALIVE_MS);
    services.log.write("notice", undefined, `${serverToken("on")} on Node.js ${process.versions.node} serves`);
    return true;
  }

  private listen(): void {
    const { services } = this.options;
    surviveErrors(services.log);
    const actions = { stop: () => this.stop(), quit: () => this.quit(), reload: () => this.reload(), reopen: () => services.reopenLogs() };
    listenToSignals(actions, services.log);
  }

  /** Cuts every connection and ends. */
  stop(): void {
    if (this.state === "ended") return;
    this.state = "ended";
    clearInterval(this.staying);
    this.runtime.destroy();
    if (this.pidPath !== undefined) removePidFile(this.pidPath, process.pid);
    this.options.services.log.write("notice", undefined, "exit");
    void this.options.services.release().then(() => this.settleEnded());
  }

  /** Accepts no more, lets what is open finish within worker_shutdown_timeout, and ends. */
  quit(): void {
    if (this.state !== "serving") return;
    this.state = "draining";
    this.options.services.log.write("notice", undefined, "gracefully shutting down");
    if (this.shutdownTimeoutMs !== undefined && this.shutdownTimeoutMs > 0) setTimeout(() => this.stop(), this.shutdownTimeoutMs);
    void this.runtime.drain().then(() => this.stop());
  }

  /** Switches to the configuration as it is now; a bad one is logged and the present one stays. */
  reload(): void {
    // A reload that waits has not read the files yet: it stands for any number of signals.
    if (this.isReloadWaiting) return;
    this.isReloadWaiting = true;
    this.reloading = this.reloading.then(async () => {
      this.isReloadWaiting = false;
      if (this.state === "serving") await this.switchOver();
    });
  }

  private async switchOver(): Promise<void> {
    const { load, services } = this.options;
    const { log } = services;
    log.write("notice", undefined, "reconfiguring");
    try {
      const loaded = await load();
      if (this.state !== "serving") return;
      reportToLog(loaded.diagnostics, log);
      if (loaded.snapshot === undefined) return;
      const errorLog = openMainLog(loaded, services);
      createTempPaths(loaded.tempPaths, undefined);
      await this.runtime.apply(loaded.snapshot);
      log.use(errorLog);
      this.adopt(loaded);
      adoptZones(loaded.snapshot, services);
      log.write("notice", undefined, "reconfigured");
    } catch (error) {
      const { level, message } = describeFailure(error);
      log.write(level, undefined, message);
    }
  }

  /** Takes over what the process itself reads of a configuration. Throws a PidFileError. */
  private adopt(loaded: LoadedConfig): void {
    this.shutdownTimeoutMs = loaded.main.worker_shutdown_timeout;
    const path = pidPathOf(loaded.main.pid, this.options.prefix);
    const former = this.pidPath;
    if (path === former) return;
    writePidFile(path, process.pid);
    this.pidPath = path;
    if (former !== undefined) removePidFile(former, process.pid);
  }
}

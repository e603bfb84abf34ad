/** The zones of a worker: its own where it serves alone, else its master's. */

import { AskedSessionCaches } from "../http/connection/tls/asked-session-caches.ts";
import { LocalSessionCaches, SESSION_CACHES_KEY, type SessionCaches, sessionCachesOf } from "../http/connection/tls/session-cache.ts";
import type { PutSession, SessionAnswers } from "../http/connection/tls/session-questions.ts";
import { ZONES_KEY } from "../http/shared-zones.ts";
import { ASKED_PEERS_KEY, AskedPeers } from "../upstream/balancing/asked-peers.ts";
import type { PeerAnswers } from "../upstream/balancing/peer-questions.ts";
import { AskedZones } from "../zone/asked-zones.ts";
import { type CarriedZones, LocalZones } from "../zone/local-zones.ts";
import type { ZoneAnswers } from "../zone/zone-questions.ts";
import type { Zones } from "../zone/zones.ts";
import type { MasterChannel } from "./master-channel.ts";
import type { ProcessServices } from "./services.ts";

export class WorkerZones {
  private readonly master: MasterChannel;
  private readonly services: Pick<ProcessServices, "shared" | "log">;
  private readonly own = new LocalZones();
  private asked: AskedZones | undefined = undefined;
  private askedSessions: AskedSessionCaches | undefined = undefined;
  private askedPeers: AskedPeers | undefined = undefined;

  constructor(master: MasterChannel, services: Pick<ProcessServices, "shared" | "log">) {
    this.master = master;
    this.services = services;
  }

  /** To be called before a configuration is loaded. */
  begin(sharesZones: boolean): void {
    if (sharesZones) this.shareSessions();
    if (sharesZones) this.sharePeers();
    if (sharesZones) this.asked = this.askMaster();
    this.services.shared<Zones>(ZONES_KEY, () => this.asked ?? this.own);
  }

  hear(answers: ZoneAnswers): void {
    this.asked?.hear(answers);
  }

  hearSessions(answers: SessionAnswers): void {
    this.askedSessions?.hear(answers);
  }

  hearPeers(answers: PeerAnswers): void {
    this.askedPeers?.hear(answers);
  }

  masterGone(): void {
    this.asked?.gone();
    this.askedSessions?.gone();
    this.askedPeers?.gone();
  }

  merge(zones: CarriedZones): void {
    this.own.merge(zones);
  }

  mergeSessions(sessions: readonly PutSession[]): void {
    const caches = sessionCachesOf(this.services);
    if (caches instanceof LocalSessionCaches) caches.merge(sessions);
  }

  /** Others count on with what was counted here, and take up the TLS sessions that were begun here. */
  handOver(): void {
    const zones = this.asked === undefined ? this.own.carry() : [];
    if (zones.length > 0) this.master.tell({ kind: "zones", zones });
    const caches = sessionCachesOf(this.services);
    const sessions = caches instanceof LocalSessionCaches ? caches.carry() : [];
    if (sessions.length > 0) this.master.tell({ kind: "sessions", sessions });
  }

  private shareSessions(): void {
    const asked = new AskedSessionCaches({
      ask: (questions) => this.master.tell({ kind: "session questions", questions }),
      onSilence: () => this.services.log.write("warn", undefined, "the master does not answer: TLS handshakes are full ones meanwhile"),
    });
    this.askedSessions = asked;
    this.services.shared<SessionCaches>(SESSION_CACHES_KEY, () => asked);
  }

  private sharePeers(): void {
    const asked = new AskedPeers({
      ask: (questions) => this.master.tell({ kind: "peer questions", questions }),
      onSilence: () =>
        this.services.log.write("alert", undefined, "the master does not answer: each worker chooses upstream servers by itself"),
    });
    this.askedPeers = asked;
    this.services.shared<AskedPeers | undefined>(ASKED_PEERS_KEY, () => asked);
  }

  private askMaster(): AskedZones {
    return new AskedZones({
      ask: (questions) => this.master.tell({ kind: "zone questions", questions }),
      fallback: this.own,
      onSilence: () => this.services.log.write("alert", undefined, "the master does not answer: limits are counted in each worker"),
    });
  }
}

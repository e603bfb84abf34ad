/** The zones of a master: several workers ask here; a single one counts for itself, and hands over what it counted when it retires. */

import type { Snapshot } from "../boot/snapshot.ts";
import { LocalSessionCaches, SESSION_CACHES_KEY } from "../http/connection/tls/session-cache.ts";
import {
  answerSessionQuestions,
  type PutSession,
  type SessionAnswers,
  type SessionQuestions,
} from "../http/connection/tls/session-questions.ts";
import { ZONES_KEY } from "../http/shared-zones.ts";
import { PeerKeeper } from "../upstream/balancing/peer-keeper.ts";
import type { PeerAnswers, PeerQuestions } from "../upstream/balancing/peer-questions.ts";
import { type CarriedZones, LocalZones } from "../zone/local-zones.ts";
import { ZoneKeeper } from "../zone/zone-keeper.ts";
import type { ZoneAnswers, ZoneQuestions } from "../zone/zone-questions.ts";
import { type AdoptedZones, adoptZones } from "./adopt-zones.ts";
import type { CarriedHealth } from "./carried-health.ts";
import type { Generation } from "./generation.ts";
import type { ProcessServices } from "./services.ts";

export type AdoptedSnapshot = AdoptedZones & Pick<Snapshot, "upstreams">;

export class MasterZones {
  private readonly services: Pick<ProcessServices, "shared">;
  private readonly zones: LocalZones;
  private readonly keeper: ZoneKeeper;
  private readonly sessionCaches: LocalSessionCaches;
  private readonly peers = new PeerKeeper();
  /** Whose workers serve. */
  private readonly current: () => Generation | undefined;

  constructor(services: Pick<ProcessServices, "shared">, current: () => Generation | undefined) {
    this.services = services;
    this.current = current;
    this.zones = services.shared(ZONES_KEY, () => new LocalZones());
    this.keeper = new ZoneKeeper(this.zones);
    this.sessionCaches = services.shared(SESSION_CACHES_KEY, () => new LocalSessionCaches());
  }

  answer(worker: object, questions: ZoneQuestions): ZoneAnswers {
    return this.keeper.answer(worker, questions);
  }

  answerSessions(questions: SessionQuestions): SessionAnswers {
    return answerSessionQuestions(questions, this.sessionCaches);
  }

  answerPeers(worker: object, questions: PeerQuestions): PeerAnswers {
    return this.peers.answer(worker, questions);
  }

  /** Of upstream servers that workers share. */
  peersHealth(): CarriedHealth {
    return this.peers.health();
  }

  /** A worker has ended. */
  forget(worker: object): void {
    this.keeper.forget(worker);
    this.peers.forget(worker);
  }

  adopt(snapshot: AdoptedSnapshot): void {
    adoptZones(snapshot, this.services);
    // A single worker that follows has its own account, which begins with what was told here.
    const isShared = this.current()?.sharesZones === true;
    this.peers.keepOnly(isShared ? snapshot.upstreams.flatMap(({ zoned }) => zoned ?? []) : []);
    // Workers that shared are followed by one that counts for itself.
    const carried = this.current()?.sharesZones === false ? this.zones.carry() : [];
    if (carried.length > 0) this.carry(carried);
    const sessions = this.current()?.sharesZones === false ? this.sessionCaches.carry() : [];
    if (sessions.length > 0) this.carrySessions(sessions);
  }

  /** Gives TLS sessions that a former worker had begun to those who may take them up. */
  carrySessions(sessions: readonly PutSession[]): void {
    const current = this.current();
    if (current?.sharesZones === true) this.sessionCaches.merge(sessions);
    else current?.tell({ kind: "sessions", sessions });
  }

  /** Gives what a former worker had counted to those who count on. */
  carry(carried: CarriedZones): void {
    const current = this.current();
    if (current?.sharesZones === true) this.zones.merge(carried);
    else current?.tell({ kind: "zones", zones: carried });
  }
}

/** A group whose state all workers share: the keeper of its zone chooses. Where it does not answer, this process chooses by what it has seen. */

import type { Balancer, GroupBalancer, PeerOutcome, Selection } from "../balancer.ts";
import type { Peer, PeerSettings } from "../peer.ts";
import { ageHealth } from "./aged-health.ts";
import type { AskedPeers } from "./asked-peers.ts";
import type { MethodName } from "./create-balancer.ts";
import { NO_PEER, type PeerAnswer, type ToldPeer, type ZonedGroup } from "./peer-questions.ts";
import { isPlain, restoreState, stateOf } from "./selection-state.ts";

const BY_CONNECTIONS: ReadonlySet<MethodName> = new Set<MethodName>(["least_conn", "random two"]);

export class AskedBalancer implements GroupBalancer {
  readonly tries: number;
  readonly peers: readonly Peer[];
  private readonly asked: AskedPeers;
  private readonly zoned: ZonedGroup;
  private readonly method: MethodName;
  /** Counts what this process does in any case. */
  private readonly local: Balancer;
  /** Choices depend on how many connections there are. */
  private readonly countsConnections: boolean;
  /** What the keeper knows the group by; 0: it has not been told of it. */
  private group = 0;

  constructor(asked: AskedPeers, zoned: ZonedGroup, method: MethodName, local: Balancer) {
    this.asked = asked;
    this.zoned = zoned;
    this.method = method;
    this.local = local;
    this.countsConnections = BY_CONNECTIONS.has(method) || local.peers.some(({ settings }) => settings.maxConns > 0);
    this.tries = local.tries;
    this.peers = local.peers;
    for (const { health } of local.peers) health.isCopy = true;
  }

  pick(selection: Selection, nowMs: number): Peer | undefined | Promise<Peer | undefined> {
    if (!this.asked.isHeard) return this.pickHere(selection, nowMs);
    if (this.group === 0) this.group = this.define(nowMs);
    const { group } = this;
    const { key } = selection;
    const isFirst = selection.tried === undefined && isPlain(selection);
    return new Promise((resolve) => {
      this.asked.ask(
        isFirst ? [group, key] : [group, key, stateOf(selection, this.peers)],
        (answer) => resolve(this.take(selection, answer)),
        (answer) => this.giveBack(answer),
      );
    });
  }

  release(peer: Peer, outcome: PeerOutcome, nowMs: number, selection: Selection): boolean | Promise<boolean> {
    const isDisabledHere = this.local.release(peer, outcome, nowMs);
    if (!selection.isKept) return isDisabledHere;
    const { group } = this;
    const at = this.peers.indexOf(peer);
    if (outcome !== "failed" || !this.asked.isHeard) {
      this.asked.release([group, at, outcome], this.countsConnections || outcome === "failed");
      return isDisabledHere;
    }
    return new Promise((resolve) => {
      this.asked.ask({ group, failed: at }, (isDisabled) => resolve(isDisabled === true), ignoreLate);
    });
  }

  private pickHere(selection: Selection, nowMs: number): Peer | undefined {
    selection.isKept = false;
    return this.local.pick(selection, nowMs);
  }

  private take(selection: Selection, answer: PeerAnswer | undefined): Peer | undefined {
    const at = placeOf(answer);
    if (at === NO_PEER) return undefined;
    const peer = this.peers[at];
    if (peer === undefined) return this.pickHere(selection, performance.now());
    selection.isKept = true;
    peer.health.connections++;
    if (Array.isArray(answer)) restoreState(selection, answer[1], this.peers);
    else if (selection.tried === undefined) selection.tried = [peer];
    else selection.tried.push(peer);
    return peer;
  }

  private giveBack(answer: PeerAnswer): void {
    const at = placeOf(answer);
    if (at >= 0) this.asked.release([this.group, at, "unused"], this.countsConnections);
  }

  private define(nowMs: number): number {
    return this.asked.define({ ...this.zoned, method: this.method, peers: this.peers.map((peer) => tell(peer, nowMs)) });
  }
}

/** Not a peer's place where there is no answer of that kind. */
function placeOf(answer: PeerAnswer | undefined): number {
  const at = typeof answer === "object" ? answer[0] : answer;
  return typeof at === "number" ? at : Number.NaN;
}

function tell({ address, settings, health }: Peer, nowMs: number): ToldPeer {
  const aged = ageHealth(health, nowMs);
  return { address, settings: settingsAlone(settings), ...(aged === undefined ? {} : { health: aged }) };
}

/** Without what else is known of a `server` line. */
function settingsAlone({ server, weight, maxFails, failTimeoutMs, maxConns, isBackup, isDown }: PeerSettings): PeerSettings {
  return { server, weight, maxFails, failTimeoutMs, maxConns, isBackup, isDown };
}

/** The keeper has noted the failure, late as it was. */
function ignoreLate(): void {}

/**
 * Chooses peers for workers that share a zone, by the code that chooses within one process, and knows what each worker holds: a worker that
 * dies gives it back.
 */

import type { Balancer } from "../balancer.ts";
import type { AgedHealth } from "./aged-health.ts";
import { KeptGroup, VERSIONS_MAX } from "./kept-group.ts";
import {
  type FailureQuestion,
  type GroupDefinition,
  NO_PEER,
  type PeerAnswers,
  type PeerQuestions,
  type PeerRelease,
  type PickAnswer,
  type PickQuestion,
  UNKNOWN_GROUP,
  type ZonedGroup,
} from "./peer-questions.ts";
import { isPlain, KeptSelection, restoreState, stateOf } from "./selection-state.ts";

/** A group under the number that a worker has given it. */
interface NumberedGroup {
  readonly kept: KeptGroup;
  readonly balancer: Balancer;
  /** Connections of the worker, in step with the balancer's peers. */
  readonly held: number[];
}

type NumberedGroups = Map<number, NumberedGroup>;

export class PeerKeeper {
  private readonly groups = new Map<string, KeptGroup>();
  private readonly askers = new Map<object, NumberedGroups>();
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** `worker`: whatever stands for it, the same until `forget`. */
  answer(worker: object, { batch, defined, asked, released }: PeerQuestions): PeerAnswers {
    const nowMs = this.now();
    let asker = this.askers.get(worker);
    if (asker === undefined) {
      asker = new Map();
      this.askers.set(worker, asker);
    }
    for (const definition of defined) this.define(asker, definition, nowMs);
    for (const release of released) takeBack(asker, release, nowMs);
    const groups = asker;
    return {
      batch,
      answers: asked.map((question) => ("failed" in question ? fail(groups, question, nowMs) : pick(groups, question, nowMs))),
    };
  }

  /** Gives back all that a worker held when it ended. */
  forget(worker: object): void {
    for (const { balancer, held } of this.askers.get(worker)?.values() ?? []) {
      for (const [at, peer] of balancer.peers.entries()) peer.health.connections -= held[at] ?? 0;
    }
    this.askers.delete(worker);
  }

  /** Forgets all other groups; those who still use them keep them. */
  keepOnly(groups: readonly ZonedGroup[]): void {
    const kept = new Set(groups.map(idOf));
    for (const id of this.groups.keys()) if (!kept.has(id)) this.groups.delete(id);
  }

  /** What is known of peers that have failed, by their healthKey(). */
  health(): readonly (readonly [key: string, health: AgedHealth])[] {
    const nowMs = this.now();
    return [...this.groups.values()].flatMap((group) => group.health(nowMs));
  }

  private define(asker: NumberedGroups, definition: GroupDefinition, nowMs: number): void {
    const id = idOf(definition);
    let kept = this.groups.get(id);
    if (kept === undefined) {
      kept = new KeptGroup(definition.name);
      this.groups.set(id, kept);
    }
    const balancer = kept.open(definition, nowMs);
    asker.set(definition.group, { kept, balancer, held: balancer.peers.map(() => 0) });
    forgetFormer(asker, kept);
  }
}

/** The same over workers and reloads. */
function idOf({ zone, zoneBytes, name }: ZonedGroup): string {
  return JSON.stringify([zone, zoneBytes, name]);
}

/** Numbers of a group that has got others since, once the worker holds nothing by them. */
function forgetFormer(asker: NumberedGroups, kept: KeptGroup): void {
  const former = [...asker].filter(([, group]) => group.kept === kept).slice(0, -VERSIONS_MAX);
  for (const [number, { held }] of former) if (held.every((count) => count === 0)) asker.delete(number);
}

function pick(asker: NumberedGroups, [number, key, state]: PickQuestion, nowMs: number): PickAnswer {
  const group = asker.get(number);
  if (group === undefined) return UNKNOWN_GROUP;
  const { peers } = group.balancer;
  const selection = new KeptSelection(key);
  if (state !== undefined) restoreState(selection, state, peers);
  const peer = group.balancer.pick(selection, nowMs);
  if (peer === undefined) return NO_PEER;
  const at = peers.indexOf(peer);
  group.held[at] = (group.held[at] ?? 0) + 1;
  return isPlain(selection) ? at : [at, stateOf(selection, peers)];
}

function fail(asker: NumberedGroups, { group, failed }: FailureQuestion, nowMs: number): boolean {
  return takeBack(asker, [group, failed, "failed"], nowMs);
}

/** True when the peer is out of use from now on. */
function takeBack(asker: NumberedGroups, [number, at, outcome]: PeerRelease, nowMs: number): boolean {
  const group = asker.get(number);
  const peer = group?.balancer.peers[at];
  const held = group?.held[at] ?? 0;
  if (group === undefined || peer === undefined || held === 0) return false;
  group.held[at] = held - 1;
  if (outcome !== "unused") return group.balancer.release(peer, outcome, nowMs);
  peer.health.connections--;
  return false;
}

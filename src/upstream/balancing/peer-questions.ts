/** What workers ask the keeper of upstream zones: plain data, all that one turn of the event loop brings in one message. */

import type { PeerOutcome } from "../balancer.ts";
import type { PeerSettings } from "../peer.ts";
import type { PeerAddress } from "../peer-address.ts";
import type { AgedHealth } from "./aged-health.ts";
import type { MethodName } from "./create-balancer.ts";

/** A group whose state is kept in a zone. */
export interface ZonedGroup {
  /** Of the zone. */
  readonly zone: string;
  readonly zoneBytes: number;
  /** Of the group. */
  readonly name: string;
}

export interface ToldPeer {
  readonly address: PeerAddress;
  readonly settings: PeerSettings;
  /** What a former process knew of it; absent: it never failed. */
  readonly health?: AgedHealth;
}

/** A group with its peers, under the number that the worker names it by from now on. */
export interface GroupDefinition extends ZonedGroup {
  readonly group: number;
  readonly method: MethodName;
  readonly peers: readonly ToldPeer[];
}

/** What a Selection remembers; peers by their place in the group. */
export type SelectionState = readonly [tried: readonly number[], usesBackup: boolean, hash: number, rehashes: number, misses: number];

/** Without a state: the first choice for a request. */
export type PickQuestion = readonly [group: number, key: string, state?: SelectionState];

/** A held peer has failed: is it out of use now? */
export interface FailureQuestion {
  readonly group: number;
  readonly failed: number;
}

export type PeerQuestion = PickQuestion | FailureQuestion;

/** "unused": nothing was tried. */
export type PeerRelease = readonly [group: number, peer: number, outcome: PeerOutcome | "unused"];

export interface PeerQuestions {
  /** Counts up; the answers carry it. */
  readonly batch: number;
  readonly defined: readonly GroupDefinition[];
  readonly asked: readonly PeerQuestion[];
  /** Peers given back: no answer is needed. */
  readonly released: readonly PeerRelease[];
}

/** The peer's place in the group, or one of the two below; with the state where there is more to remember than that peer. */
export type PickAnswer = number | readonly [peer: number, state: SelectionState];

/** No peer is live. */
export const NO_PEER = -1;
/** The group has changed too often since its number was given: decide without the keeper. */
export const UNKNOWN_GROUP = -2;

export type PeerAnswer = PickAnswer | boolean;

export interface PeerAnswers {
  readonly batch: number;
  /** One a question, in their order. */
  readonly answers: readonly PeerAnswer[];
}

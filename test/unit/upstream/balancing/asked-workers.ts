/** Workers that ask one keeper for peers, as they would between processes. */

import type { Selection } from "../../../../src/upstream/balancer.ts";
import { AskedBalancer } from "../../../../src/upstream/balancing/asked-balancer.ts";
import { AskedPeers } from "../../../../src/upstream/balancing/asked-peers.ts";
import { createBalancer, type MethodName } from "../../../../src/upstream/balancing/create-balancer.ts";
import { PeerKeeper } from "../../../../src/upstream/balancing/peer-keeper.ts";
import type { PeerAnswers, PeerQuestions } from "../../../../src/upstream/balancing/peer-questions.ts";
import { DEFAULT_PEER_SETTINGS, Peer, type PeerSettings } from "../../../../src/upstream/peer.ts";
import { inetAddress } from "../../../../src/upstream/peer-address.ts";

export type Settings = readonly Partial<PeerSettings>[];

export const ZONED = { zone: "z", zoneBytes: 65_536, name: "u" };
const NAMES = "abcdefgh";

export function peersOf(settings: Settings): Peer[] {
  return settings.map(
    (own, index) => new Peer(inetAddress("127.0.0.1", 1 + index), { ...DEFAULT_PEER_SETTINGS, server: NAMES[index] ?? "", ...own }),
  );
}

export interface AskingWorker {
  readonly asked: AskedPeers;
  /** How often it has said that no answer comes. */
  readonly silences: () => number;
  readonly group: (method: MethodName, settings: Settings, peers?: readonly Peer[]) => AskedBalancer;
}

export interface AskingWorkers {
  readonly keeper: PeerKeeper;
  readonly workers: readonly AskingWorker[];
  readonly messages: readonly PeerQuestions[];
  /** The keeper's clock. */
  nowMs: number;
}

/** `deliver` holds answers back when it says so. */
export function makeWorkers(number: number, deliver: (answer: () => void) => void = (answer) => answer()): AskingWorkers {
  const messages: PeerQuestions[] = [];
  const clock = { nowMs: 0 };
  const keeper = new PeerKeeper(() => clock.nowMs);
  const workers = Array.from({ length: number }, () => makeWorker(keeper, messages, deliver));
  return Object.assign(clock, { keeper, workers, messages });
}

export async function pick(balancer: AskedBalancer, selection: Selection): Promise<string> {
  return (await balancer.pick(selection, 0))?.settings.server ?? "none";
}

function makeWorker(keeper: PeerKeeper, messages: PeerQuestions[], deliver: (answer: () => void) => void): AskingWorker {
  let silences = 0;
  const asked: AskedPeers = new AskedPeers({
    ask: (questions) => {
      messages.push(questions);
      const answers: PeerAnswers = JSON.parse(JSON.stringify(keeper.answer(asked, JSON.parse(JSON.stringify(questions)))));
      deliver(() => asked.hear(answers));
    },
    onSilence: () => {
      silences++;
    },
    timeoutMs: 20,
  });
  return {
    asked,
    silences: () => silences,
    group: (method, settings, peers = peersOf(settings)) => new AskedBalancer(asked, ZONED, method, createBalancer(method, peers)),
  };
}

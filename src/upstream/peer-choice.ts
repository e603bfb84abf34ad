/** The peers of one request: which it is at, which it has tried, and whether it may try another. One object for each request that is forwarded. */

import type { GroupBalancer, PeerOutcome, Selection } from "./balancer.ts";
import { type NextUpstreamCondition, type NextUpstreamPolicy, triesNext } from "./next-upstream.ts";
import type { Peer } from "./peer.ts";

export class PeerChoice implements Selection {
  readonly key: string;
  tried: Peer[] | undefined = undefined;
  usesBackup = false;
  hash = -1;
  rehashes = 0;
  misses = 0;
  isKept = false;
  /** The peer whose connection is counted. */
  held: Peer | undefined = undefined;
  /** Something of the request may have reached a peer. */
  isRequestSent = false;
  private readonly method: string;
  private readonly balancer: GroupBalancer;
  private readonly policy: NextUpstreamPolicy;
  /** The body comes straight from the client and cannot be sent twice. */
  private readonly isBodyStreamed: boolean;
  private readonly startedAtMs: number;
  private triesLeft: number;

  /** `method`: the request's; `key`: what it is balanced by. */
  constructor(method: string, key: string, balancer: GroupBalancer, policy: NextUpstreamPolicy, isBodyStreamed: boolean) {
    this.method = method;
    this.key = key;
    this.balancer = balancer;
    this.policy = policy;
    this.isBodyStreamed = isBodyStreamed;
    this.startedAtMs = performance.now();
    this.triesLeft = policy.triesMax > 0 ? Math.min(policy.triesMax, balancer.tries) : balancer.tries;
  }

  /** The next peer, with its connection counted; undefined: none is live. */
  pick(): Peer | undefined | Promise<Peer | undefined> {
    const picked = this.balancer.pick(this, performance.now());
    if (picked instanceof Promise) return picked.then((peer) => this.hold(peer));
    return this.hold(picked);
  }

  /** Gives the held peer back, if there is one. The peer when this failure has taken it out of use. */
  release(outcome: PeerOutcome): Peer | undefined | Promise<Peer | undefined> {
    const peer = this.held;
    if (peer === undefined) return undefined;
    this.held = undefined;
    const isDisabled = this.balancer.release(peer, outcome, performance.now(), this);
    if (isDisabled instanceof Promise) return isDisabled.then((is) => (is ? peer : undefined));
    return isDisabled ? peer : undefined;
  }

  /** Whether another peer is to be tried after what has just happened, which is one try less then. */
  triesAfter(condition: NextUpstreamCondition): boolean {
    const triesLeft = this.triesLeft - 1;
    const facts = {
      method: this.method,
      isRequestSent: this.isRequestSent,
      isBodyStreamed: this.isBodyStreamed,
      triesLeft,
      elapsedMs: performance.now() - this.startedAtMs,
    };
    if (!triesNext(this.policy, condition, facts)) return false;
    this.triesLeft = triesLeft;
    return true;
  }

  private hold(peer: Peer | undefined): Peer | undefined {
    this.held = peer;
    return peer;
  }
}

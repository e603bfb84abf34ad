/** The peers of one request: which it is at, which it has tried, and whether it may try another. One object for each request that is forwarded. */

import type { RequestContext } from "../http/request-context.ts";
import type { Balancer, PeerOutcome, Selection } from "./balancer.ts";
import { type NextUpstreamCondition, type NextUpstreamPolicy, triesNext } from "./next-upstream.ts";
import type { Peer } from "./peer.ts";

export class PeerChoice implements Selection {
  readonly r: RequestContext;
  tried: Peer[] | undefined = undefined;
  usesBackup = false;
  hash = -1;
  rehashes = 0;
  misses = 0;
  /** The peer whose connection is counted. */
  held: Peer | undefined = undefined;
  /** Something of the request may have reached a peer. */
  isRequestSent = false;
  private readonly balancer: Balancer;
  private readonly policy: NextUpstreamPolicy;
  /** The body comes straight from the client and cannot be sent twice. */
  private readonly isBodyStreamed: boolean;
  private readonly startedAtMs: number;
  private triesLeft: number;

  constructor(r: RequestContext, balancer: Balancer, policy: NextUpstreamPolicy, isBodyStreamed: boolean) {
    this.r = r;
    this.balancer = balancer;
    this.policy = policy;
    this.isBodyStreamed = isBodyStreamed;
    this.startedAtMs = performance.now();
    this.triesLeft = policy.triesMax > 0 ? Math.min(policy.triesMax, balancer.tries) : balancer.tries;
  }

  /** The next peer, with its connection counted; undefined: none is live. */
  pick(): Peer | undefined {
    this.held = this.balancer.pick(this, performance.now());
    return this.held;
  }

  /** Gives the held peer back, if there is one. The peer when this failure has taken it out of use. */
  release(outcome: PeerOutcome): Peer | undefined {
    const peer = this.held;
    if (peer === undefined) return undefined;
    this.held = undefined;
    return this.balancer.release(peer, outcome, performance.now()) ? peer : undefined;
  }

  /** Whether another peer is to be tried after what has just happened, which is one try less then. */
  triesAfter(condition: NextUpstreamCondition): boolean {
    const triesLeft = this.triesLeft - 1;
    const facts = {
      method: this.r.method,
      isRequestSent: this.isRequestSent,
      isBodyStreamed: this.isBodyStreamed,
      triesLeft,
      elapsedMs: performance.now() - this.startedAtMs,
    };
    if (!triesNext(this.policy, condition, facts)) return false;
    this.triesLeft = triesLeft;
    return true;
  }
}

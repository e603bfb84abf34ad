/** When a failed request goes to another peer (nginx: *_next_upstream, ngx_http_upstream_next, ngx_http_upstream_test_next). */

/** The words of `*_next_upstream` without `off`. */
export type NextUpstreamCondition =
  | "error"
  | "timeout"
  | "invalid_header"
  | "non_idempotent"
  | "updating"
  | "http_500"
  | "http_502"
  | "http_503"
  | "http_504"
  | "http_403"
  | "http_404"
  | "http_429";

export interface NextUpstreamPolicy {
  readonly conditions: ReadonlySet<NextUpstreamCondition>;
  /** Attempts in all; 0: no limit. */
  readonly triesMax: number;
  /** Milliseconds since the first attempt within which another may begin; 0: no limit. */
  readonly timeoutMs: number;
}

/** What is known when the question comes up. */
export interface NextUpstreamFacts {
  readonly method: string;
  /** Something of the request may have reached a peer. */
  readonly isRequestSent: boolean;
  /** The body comes straight from the client and cannot be sent twice. */
  readonly isBodyStreamed: boolean;
  readonly triesLeft: number;
  readonly elapsedMs: number;
}

/** nginx: sending these twice may do the thing twice. */
const NON_IDEMPOTENT: ReadonlySet<string> = new Set(["POST", "LOCK", "PATCH"]);

export function triesNext(policy: NextUpstreamPolicy, condition: NextUpstreamCondition, facts: NextUpstreamFacts): boolean {
  if (facts.triesLeft <= 0 || !policy.conditions.has(condition)) return false;
  if (policy.timeoutMs > 0 && facts.elapsedMs >= policy.timeoutMs) return false;
  return !facts.isRequestSent || maySendAgain(policy, facts.method, facts.isBodyStreamed);
}

/** A request that may have been received once is sent again only when that does no harm, or the configuration says so. */
export function maySendAgain(policy: NextUpstreamPolicy, method: string, isBodyStreamed: boolean): boolean {
  return !isBodyStreamed && (!NON_IDEMPOTENT.has(method) || policy.conditions.has("non_idempotent"));
}

/** The condition that an answer's status meets; undefined: none. */
export function conditionOfStatus(status: number): NextUpstreamCondition | undefined {
  switch (status) {
    case 500:
      return "http_500";
    case 502:
      return "http_502";
    case 503:
      return "http_503";
    case 504:
      return "http_504";
    case 403:
      return "http_403";
    case 404:
      return "http_404";
    case 429:
      return "http_429";
    default:
      return undefined;
  }
}

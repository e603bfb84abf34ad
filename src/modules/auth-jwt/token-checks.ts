/** Remembers which tokens were right, so that a signature is checked once and not for each request. */

import type { KeySet } from "./key-set.ts";
import { type Token, whyNotNow } from "./read-token.ts";
import { isRefusal, type TokenRefusal, type TokenType, verifyToken } from "./verify-token.ts";

const REMEMBERED_MAX = 10_000;
/** Longer ones are checked each time: 10,000 of these are 40 MB. */
const REMEMBERED_LENGTH_MAX = 4096;

/** What has to be so for a token to count. */
export interface TokenRules {
  readonly type: TokenType;
  /** The very lists: a file that is read anew gives another, and makes what was remembered by the old one void. */
  readonly keySets: readonly KeySet[];
  /** Seconds by which clocks may differ. */
  readonly leeway: number;
}

interface Remembered {
  readonly token: Token;
  readonly type: TokenType;
  readonly keySets: readonly KeySet[];
}

export class TokenChecks {
  /** Oldest first. */
  private readonly right = new Map<string, Remembered>();

  /** Waits only for a token that is not remembered. Its times are judged for each request, at `now` in seconds. */
  check(text: string, rules: TokenRules, now: number): Token | TokenRefusal | Promise<Token | TokenRefusal> {
    const known = this.right.get(text);
    if (known === undefined || known.type !== rules.type || !hasSameKeys(known.keySets, rules.keySets))
      return this.verify(text, rules, now);
    const judged = judgeTimes(known.token, rules, now);
    if (isRefusal(judged)) this.right.delete(text);
    return judged;
  }

  private async verify(text: string, rules: TokenRules, now: number): Promise<Token | TokenRefusal> {
    const token = await verifyToken(text, rules.type, rules.keySets);
    if (isRefusal(token)) return token;
    const judged = judgeTimes(token, rules, now);
    if (!isRefusal(judged) && text.length <= REMEMBERED_LENGTH_MAX)
      this.remember(text, { token, type: rules.type, keySets: rules.keySets });
    return judged;
  }

  private remember(text: string, remembered: Remembered): void {
    const [oldest] = this.right.keys();
    if (this.right.size >= REMEMBERED_MAX && oldest !== undefined) this.right.delete(oldest);
    // A copy: as a slice of a request's head it would keep the whole of that in memory.
    this.right.set(Buffer.from(text, "latin1").toString("latin1"), remembered);
  }
}

function judgeTimes(token: Token, { leeway }: TokenRules, now: number): Token | TokenRefusal {
  const why = whyNotNow(token.claims, now, leeway);
  return why === undefined ? token : { refused: why };
}

function hasSameKeys(before: readonly KeySet[], now: readonly KeySet[]): boolean {
  if (before.length !== now.length) return false;
  for (let i = 0; i < now.length; i++) if (before[i] !== now[i]) return false;
  return true;
}

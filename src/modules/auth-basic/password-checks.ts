/** Remembers which passwords were right, so that a slow check is done once and not for each request. */

import { createHmac, randomBytes } from "node:crypto";
import { schemeOf, type Verification, verifyPassword } from "./verify-password.ts";

const REMEMBERED_MAX = 10_000;

/** Holds keyed digests only: neither passwords nor anything to guess them by outside of this process. */
export class PasswordChecks {
  private readonly key = randomBytes(32);
  /** Oldest first. */
  private readonly right = new Set<string>();
  private readonly running = new Map<string, Promise<Verification>>();

  /** A change of the stored text makes what was remembered of it void. Equal checks at the same time are one. */
  check(password: string, stored: string): Verification | Promise<Verification> {
    if (schemeOf(stored)?.isSlow !== true) return verifyPassword(password, stored);
    const digest = createHmac("sha256", this.key).update(`${stored}\0${password}`, "latin1").digest("base64");
    if (this.right.has(digest)) return true;
    const running = this.running.get(digest);
    if (running !== undefined) return running;
    const verification = verifyPassword(password, stored);
    if (!(verification instanceof Promise)) return this.remember(digest, verification);
    const remembered = verification.then((settled) => this.remember(digest, settled)).finally(() => this.running.delete(digest));
    this.running.set(digest, remembered);
    return remembered;
  }

  private remember(digest: string, verification: Verification): Verification {
    if (verification !== true) return verification;
    const [oldest] = this.right;
    if (this.right.size >= REMEMBERED_MAX && oldest !== undefined) this.right.delete(oldest);
    this.right.add(digest);
    return true;
  }
}

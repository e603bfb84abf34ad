/** A mistake in a server's `ssl_*` directives: thrown while they are put together, reported at the directive. */

import { opensslText } from "../../../net/tls/openssl-text.ts";

export class TlsComplaint extends Error {
  override readonly name = "TlsComplaint";
  readonly directive: string;
  readonly hint: string;

  /** `message` in nginx's words. */
  constructor(directive: string, message: string, hint = "") {
    super(message);
    this.directive = directive;
    this.hint = hint;
  }

  /** What OpenSSL said, behind the call that nginx would have made. */
  static of(directive: string, call: string, cause: unknown): TlsComplaint {
    if (!(cause instanceof Error)) throw cause;
    return new TlsComplaint(directive, `${call} (${opensslText(cause)})`);
  }
}

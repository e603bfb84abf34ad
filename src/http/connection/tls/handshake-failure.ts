/** Error lines about handshakes, in nginx's words and at its levels (nginx: ngx_ssl_handshake, ngx_ssl_connection_error). */

import type { LogLevel } from "../../../log/error-log.ts";
import { describeSystemError } from "../../../log/system-error.ts";
import { isOpensslError, opensslText } from "../../../net/tls/openssl-text.ts";

export interface HandshakeFailure {
  readonly level: LogLevel;
  readonly message: string;
}

/** What no client can bring about by what it sends: to be looked into. */
const OUR_FAULT = /internal error|malloc failure|no certificate assigned|bad ecpoint|library bug/;

/** `call` is that of OpenSSL which nginx would name: "SSL_do_handshake". */
export function describeFailure(error: Error, call: string): HandshakeFailure {
  if (isOpensslError(error)) {
    const text = opensslText(error);
    return { level: OUR_FAULT.test(text) ? "crit" : "info", message: `${call}() failed (${text})` };
  }
  return { level: "info", message: `${call}() failed (${describeSystemError(error)})` };
}

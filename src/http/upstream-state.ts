/** What an attempt at an upstream took and gave; the $upstream_* variables and the logs read it (nginx: ngx_http_upstream_state_t). */

export class UpstreamState {
  /** "127.0.0.1:3031" or "unix:/run/app.sock", as $upstream_addr prints it. */
  readonly address: string;
  /** The attempt began after an internal redirect: separated by " : " instead of ", " in the variables. */
  readonly followsRedirect: boolean;
  /** 0 while no answer head came. */
  status = 0;
  /** Milliseconds; -1: did not happen. */
  connectMs = -1;
  headerMs = -1;
  responseMs = -1;
  bytesReceived = 0;
  bytesSent = 0;
  /** Octets of the body. */
  responseLength = 0;
  /** The closed set's code of what went wrong ($upstream_error, ours), "" when nothing did. */
  errorCode = "";

  constructor(address: string, followsRedirect: boolean) {
    this.address = address;
    this.followsRedirect = followsRedirect;
  }
}

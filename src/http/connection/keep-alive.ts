/** Whether a connection serves another request, and how the answer says so. Source: RFC 9112 section 9.3, nginx ngx_http_core_module. */

import type { RequestHead } from "../message/request-head.ts";
import type { RequestContext } from "../request-context.ts";

const KEEP_ALIVE = "Connection: keep-alive\r\n";
const CLOSE = "Connection: close\r\n";

/** What the client and the location allow: asked once, when the answer's head is made. */
export function keepsAlive(r: RequestContext): boolean {
  const { settings } = r.location;
  const { connection } = r.exchange;
  return (
    wantsKeepAlive(r.head) &&
    settings.keepaliveTimeoutMs > 0 &&
    connection.requests < settings.keepaliveRequests &&
    performance.now() - connection.openedAtMs < settings.keepaliveTimeMs
  );
}

function wantsKeepAlive(head: RequestHead): boolean {
  return head.version >= 11 ? !head.connectionClose : head.connectionKeepAlive && !head.connectionClose;
}

/** The Connection line, with a Keep-Alive line where `keepalive_timeout` has a second value. */
export function connectionField(r: RequestContext, keepAlive: boolean): string {
  if (!keepAlive) return CLOSE;
  const seconds = r.location.settings.keepaliveHeaderSeconds;
  return seconds === 0 ? KEEP_ALIVE : `${KEEP_ALIVE}Keep-Alive: timeout=${seconds}\r\n`;
}

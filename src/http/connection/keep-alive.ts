/** Whether a connection serves another request, and how the answer says so. Source: RFC 9112 section 9.3, nginx ngx_http_core_module. */

import type { RequestHead } from "../message/request-head.ts";
import type { RequestContext } from "../request-context.ts";

const KEEP_ALIVE = "Connection: keep-alive\r\n";
/** Internet Explorer 4 to 6, save 6 with Service Pack 2; the first "MSIE" counts. */
const MSIE6 = /^(?!.*Opera)(?:(?!MSIE ).)*MSIE (?:[45]\..|6\.(?!.*SV1).)/s;
const SAFARI_ON_MAC = /^(?!.*(?:MSIE ...|Opera|Gecko\/|Chrome\/))(?=.*Mac OS X).*Safari\//s;
const CLOSE = "Connection: close\r\n";

/** What the client and the location allow: asked once, when the answer's head is made. */
export function keepsAlive(r: RequestContext): boolean {
  const { settings } = r.location;
  const { connection } = r.exchange;
  return (
    wantsKeepAlive(r.head) &&
    settings.keepaliveTimeoutMs > 0 &&
    connection.requests < settings.keepaliveRequests &&
    // nginx counts whole milliseconds.
    Math.floor(performance.now() - connection.openedAtMs) <= settings.keepaliveTimeMs &&
    !isDisabled(r, settings.keepaliveDisabled)
  );
}

/** nginx: what old Internet Explorers posted over a kept connection could be lost; Safari on early Macs had troubles of its own. */
function isDisabled(r: RequestContext, browsers: readonly string[]): boolean {
  if (r.method === "POST" && browsers.includes("msie6") && MSIE6.test(r.head.field("user-agent") ?? "")) return true;
  return browsers.includes("safari") && SAFARI_ON_MAC.test(r.head.field("user-agent") ?? "");
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

/** A request that nobody has sent yet: what variables in `ssl_certificate` are asked of (nginx: ngx_http_alloc_request in ngx_http_ssl_certificate). */

import type { CompiledServer } from "../../compiled.ts";
import type { ConnectionInfo } from "../../connection-info.ts";
import type { Exchange } from "../../exchange.ts";
import { RequestHead } from "../../message/request-head.ts";
import { NO_REQUEST_BODY } from "../../no-request-body.ts";
import { RequestContext } from "../../request-context.ts";

/** Variables of the connection have their values; those of a request have none. */
export function requestOfHandshake(connection: ConnectionInfo, server: CompiledServer): RequestContext {
  const exchange: Exchange = {
    connection,
    body: NO_REQUEST_BODY,
    gone: false,
    onGone: undefined,
    send: () => undefined,
    drop: () => undefined,
  };
  const r = new RequestContext(exchange, new RequestHead("", "", "", 0, undefined), server, performance.now());
  r.host = connection.tls?.serverName ?? "";
  return r;
}

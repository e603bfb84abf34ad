/** `proxy_protocol`: tells an upstream whose request it is before anything else (nginx: ngx_stream_proxy_send_proxy_protocol). */

import type { RequestContext } from "../http/request-context.ts";
import { encodeProxyHeader } from "../net/proxy-protocol.ts";
import { type FindTransport, PLAIN_TRANSPORT } from "./transport.ts";

/** Puts the header in front of every connection: of the client as the request knows it, and of the address that it came to. */
export function withProxyHeader(version: 1 | 2, findTransport: FindTransport | undefined): FindTransport {
  return (r, target) => {
    const transport = findTransport === undefined ? PLAIN_TRANSPORT : findTransport(r, target);
    return typeof transport === "number" ? transport : { ...transport, preface: headerOf(r, version) };
  };
}

function headerOf(r: RequestContext, version: 1 | 2): Buffer {
  const { remoteAddress, remotePort, localAddress, localPort } = r.exchange.connection;
  const source = { address: remoteAddress, port: Number(remotePort) };
  return encodeProxyHeader(version, source, { address: localAddress, port: Number(localPort) });
}

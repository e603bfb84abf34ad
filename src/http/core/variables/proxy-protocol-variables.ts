/** Variables of the PROXY protocol header that a connection began with; "" where there was none (nginx: ngx_http_core_module, $proxy_protocol_*). */

import { proxyTlvReader } from "../../../net/proxy-tlv.ts";
import type { RequestContext } from "../../request-context.ts";
import type { VariableTable } from "../../variables.ts";

export const proxyProtocolVariables = {
  proxy_protocol_addr: (r: RequestContext) => r.exchange.connection.proxyHeader?.sourceAddress ?? "",
  proxy_protocol_port: (r: RequestContext) => r.exchange.connection.proxyHeader?.sourcePort ?? "",
  proxy_protocol_server_addr: (r: RequestContext) => r.exchange.connection.proxyHeader?.destinationAddress ?? "",
  proxy_protocol_server_port: (r: RequestContext) => r.exchange.connection.proxyHeader?.destinationPort ?? "",
  proxy_protocol_tlv_: { family: readTlv },
} satisfies VariableTable;

/** nginx: a name that no value can have is found out per request, and is "" then. */
function readTlv(name: string): (r: RequestContext) => string {
  const read = proxyTlvReader(name);
  if (read === undefined) return () => "";
  return (r) => read(r.exchange.connection.proxyHeader?.tlvs ?? "") ?? "";
}

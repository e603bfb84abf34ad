/** The client's real address, where a trusted proxy in front tells it (nginx: ngx_http_realip_module). */

import type { Block } from "../config/bind.ts";
import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import { flag, text } from "../config/values.ts";
import type { ConnectionInfo } from "../http/connection-info.ts";
import { type Choice, findForwardedClient } from "../http/forwarded-client.ts";
import { defineModule } from "../http/module.ts";
import type { Handler } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import { ipBytes, ipText } from "../net/ip-address.ts";
import { lookupHost } from "../upstream/resolve-host.ts";
import { TrustedProxies, trustedName } from "./realip/trusted-proxies.ts";

const LOCATIONS = ["http", "server", "location"] as const;

const directives = defineDirectives({
  set_real_ip_from: many({ in: LOCATIONS, value: trustedName }),
  real_ip_header: one({ in: LOCATIONS, value: text(), default: "X-Real-IP" }),
  real_ip_recursive: one({ in: LOCATIONS, value: flag(), default: false }),
});

export const realipModule = defineModule({
  name: "realip",
  directives,
  variables: {
    realip_remote_addr: (r) => (r.exchange.connection.original ?? r.exchange.connection).remoteAddress,
    realip_remote_port: (r) => (r.exchange.connection.original ?? r.exchange.connection).remotePort,
  },
  phases: {
    post_read: createHandler,
    // nginx: asked again in the location, as long as no address has been taken; it can only say otherwise when its settings are other ones.
    preaccess: (conf, scope) => (isSetInLocation(scope.block) ? createHandler(conf) : undefined),
  },
});

function isSetInLocation(block: Block): boolean {
  if (block.context === "server") return false;
  return Object.keys(directives).some((name) => name in block.own) || (block.parent !== undefined && isSetInLocation(block.parent));
}

/** Where the address is read. */
type AddressSource = "proxy protocol" | { readonly field: string };

function createHandler(conf: SettingsOf<typeof directives>): Handler | undefined {
  if (conf.set_real_ip_from.length === 0) return undefined;
  const trusted = new TrustedProxies(conf.set_real_ip_from, lookupHost);
  const source: AddressSource = conf.real_ip_header === "proxy_protocol" ? "proxy protocol" : { field: conf.real_ip_header.toLowerCase() };
  const choice: Choice = conf.real_ip_recursive ? "last untrusted" : "last";
  return (r) => {
    if (r.exchange.connection.original !== undefined) return undefined;
    const pending = trusted.pending();
    if (pending === undefined) return takeRealAddress(r, trusted, source, choice);
    return pending.then((unresolved) => {
      for (const host of unresolved) logRequestError(r, "error", `host not found in set_real_ip_from "${host}"`);
      return takeRealAddress(r, trusted, source, choice);
    });
  };
}

function takeRealAddress(r: RequestContext, trusted: TrustedProxies, source: AddressSource, choice: Choice): undefined {
  const { connection } = r.exchange;
  const lines = linesOf(r, source);
  if (lines.length === 0) return;
  const client = findForwardedClient(tellerOf(connection), lines, trusted.trusts, choice);
  if (client === undefined) return;
  const remotePort = source === "proxy protocol" ? (connection.proxyHeader?.sourcePort ?? "") : client.port;
  const remoteAddress = ipText(client.bytes);
  // A copy, so that the connection's next request begins with its own facts again.
  r.exchange.connection = { ...connection, remoteAddress, remotePort, original: connection };
  r.trace?.({ step: "realip", subject: remoteAddress, text: `is the client for whom ${connection.remoteAddress} speaks`, won: true });
}

const NO_LINES: readonly string[] = [];

/** The field's lines in the order they came; nginx takes the first of a field other than X-Forwarded-For, which a client can send ahead. */
function linesOf(r: RequestContext, source: AddressSource): readonly string[] {
  if (source === "proxy protocol") {
    const address = r.exchange.connection.proxyHeader?.sourceAddress ?? "";
    return address === "" ? NO_LINES : [address];
  }
  const { fieldNames, fieldValues } = r.head;
  let at = fieldNames.indexOf(source.field);
  if (at < 0) return NO_LINES;
  const lines: string[] = [];
  for (; at >= 0; at = fieldNames.indexOf(source.field, at + 1)) lines.push(fieldValues[at] ?? "");
  return lines;
}

function tellerOf(connection: ConnectionInfo): string {
  return ipBytes(connection.remoteAddress) ?? connection.remoteAddress;
}

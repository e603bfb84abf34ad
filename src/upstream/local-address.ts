/** `*_bind`: the address that connections to upstreams come from (nginx: ngx_http_upstream_bind_set_slot, ngx_http_upstream_set_local). */

import { isIP } from "node:net";
import { parseAddress } from "../config/address.ts";
import type { Report } from "../config/report.ts";
import { parseTemplateText, type TemplateText } from "../config/template-text.ts";
import type { Arg } from "../config/tree.ts";
import type { Scope } from "../http/module.ts";
import { logRequestError } from "../http/request-log.ts";
import { type FindTransport, type LocalAddress, PLAIN_TRANSPORT } from "./transport.ts";

/** `off` undoes what an outer block says. */
export type BindSetting = "off" | TemplateText;

const ANY_PORT = 0;

export function readBind([first, second]: readonly Arg[], report: Report): BindSetting | undefined {
  if (first === undefined) return undefined;
  if (second !== undefined) {
    const isKnown = second.text === "transparent";
    return report.error(isKnown ? 'parameter "transparent" is not supported' : `invalid parameter "${second.text}"`, second.span);
  }
  if (first.text === "off") return "off";
  const template = parseTemplateText(first, report);
  const isLiteral = template?.parts.every((part) => typeof part === "string") === true;
  if (isLiteral && parseLocalAddress(first.text) === undefined) return report.error(`invalid address "${first.text}"`, first.span);
  return template;
}

/** nginx: an address of variables that is empty, or is none, is as good as no address. */
export function withLocalAddress(setting: BindSetting | undefined, findTransport: FindTransport | undefined, scope: Scope) {
  if (setting === undefined || setting === "off") return findTransport;
  const { evaluate } = scope.template(setting);
  const find: FindTransport = (r, target) => {
    const transport = findTransport === undefined ? PLAIN_TRANSPORT : findTransport(r, target);
    const text = evaluate(r);
    if (typeof transport === "number" || text === "") return transport;
    const localAddress = parseLocalAddress(text);
    if (localAddress !== undefined) return { ...transport, localAddress, key: `from ${text} ${transport.key}` };
    logRequestError(r, "error", `invalid local address "${text}"`);
    return transport;
  };
  return find;
}

function parseLocalAddress(text: string): LocalAddress | undefined {
  // An IPv6 address without brackets has no port.
  if (isIP(text) !== 0) return { localAddress: text, localPort: ANY_PORT };
  const parsed = parseAddress(text, ANY_PORT);
  if ("mistake" in parsed || parsed.kind === "unix" || isIP(parsed.host) === 0) return undefined;
  return { localAddress: parsed.host, localPort: parsed.port };
}

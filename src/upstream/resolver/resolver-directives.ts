/** `resolver` and `resolver_timeout`: the name servers that names are asked of while serving (nginx: ngx_resolver_create). */

import { parseAddress } from "../../config/address.ts";
import { defineDirectives, one } from "../../config/define-directives.ts";
import type { Context } from "../../config/directive.ts";
import { parseSeconds } from "../../config/parse-number.ts";
import type { Report } from "../../config/report.ts";
import type { Arg } from "../../config/tree.ts";
import { time } from "../../config/values.ts";

export interface ResolverSetting {
  readonly servers: readonly NameServer[];
  /** Takes the place of every answer's time to live; undefined: as the answer says. */
  readonly validMs: number | undefined;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
}

/** `host` may be a name, which the system looks up. */
export interface NameServer {
  readonly host: string;
  readonly port: number;
}

const DNS_PORT = 53;
const RESOLVER_TIMEOUT_MS = 30_000;
const SYNTAX = "address ... [valid=time] [ipv4=on|off] [ipv6=on|off] [status_zone=zone]";

/** The rows for the contexts where they inherit, and for `upstream` blocks, where nothing does. */
export function resolverRows<const C extends readonly Context[]>(contexts: C) {
  return defineDirectives({
    resolver: one({ in: contexts, parse: readResolver, arity: [1, Number.POSITIVE_INFINITY], syntax: SYNTAX }),
    resolver_timeout: one({ in: contexts, value: time(), default: RESOLVER_TIMEOUT_MS }),
  });
}

export const resolverDirectives = resolverRows(["http", "server", "location"]);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function readResolver(args: readonly Arg[], report: Report): ResolverSetting | undefined {
  const servers: NameServer[] = [];
  const setting: Mutable<ResolverSetting> = { servers, validMs: undefined, ipv4: true, ipv6: true };
  for (const arg of args) {
    if (/^(?:valid|ipv4|ipv6|status_zone)=/.test(arg.text)) {
      if (!readParameter(arg.text, setting)) return report.error(`invalid parameter: ${arg.text}`, arg.span);
      continue;
    }
    const address = parseAddress(arg.text, DNS_PORT);
    if ("mistake" in address) return report.error(`${address.mistake} in resolver "${arg.text}"`, arg.span);
    if (address.kind === "unix") return report.error(`invalid host in resolver "${arg.text}"`, arg.span);
    // No name holds one: a parameter that there is not.
    if (arg.text.includes("=")) return report.error(`host not found in resolver "${arg.text}"`, arg.span);
    servers.push({ host: address.host, port: address.port });
  }
  if (servers.length === 0) return report.error("no name servers defined");
  if (!setting.ipv4 && !setting.ipv6) return report.error('"ipv4" and "ipv6" cannot both be "off"');
  return setting;
}

function readParameter(text: string, setting: Mutable<ResolverSetting>): boolean {
  const equals = text.indexOf("=");
  const name = text.slice(0, equals);
  const value = text.slice(equals + 1);
  if (name === "status_zone") return value !== "";
  if (name === "valid") {
    const seconds = parseSeconds(value);
    setting.validMs = seconds === undefined ? undefined : seconds * 1000;
    return seconds !== undefined;
  }
  if (name === "ipv4") setting.ipv4 = value === "on";
  else setting.ipv6 = value === "on";
  return value === "on" || value === "off";
}

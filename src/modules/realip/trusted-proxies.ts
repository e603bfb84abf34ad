/** `set_real_ip_from`: whose word is taken for who the client is (nginx: ngx_http_realip_from). */

import type { Report } from "../../config/report.ts";
import type { Arg } from "../../config/tree.ts";
import type { Value } from "../../config/value.ts";
import { type Cidr, isInCidr, parseCidr } from "../../net/cidr.ts";
import { unmapIpv4 } from "../../net/ip-address.ts";
import type { HostLookup } from "../../upstream/resolve-host.ts";

/** What a directive names: addresses, clients of unix sockets, or a host whose addresses are asked for while running. */
export type TrustedName = Cidr | "unix:" | { readonly host: string };

export const trustedName: Value<TrustedName> = { syntax: "address | CIDR | unix: | host", read: readTrustedName };

/** A name that could not be resolved is asked for again after this time. */
const RETRY_LOOKUP_MS = 1000;

export class TrustedProxies {
  private readonly trustsUnix: boolean;
  private readonly cidrs: Cidr[];
  private readonly lookup: HostLookup;
  private unresolved: string[];
  private failedAtMs = Number.NEGATIVE_INFINITY;
  private resolving: Promise<readonly string[]> | undefined = undefined;

  constructor(names: readonly TrustedName[], lookup: HostLookup) {
    this.trustsUnix = names.includes("unix:");
    this.cidrs = names.filter((name): name is Cidr => typeof name === "object" && "prefix" in name);
    this.unresolved = names.flatMap((name) => (typeof name === "object" && "host" in name ? [name.host] : []));
    this.lookup = lookup;
  }

  /** `teller` is an address as its bytes, or "unix:". */
  readonly trusts = (teller: string): boolean => {
    if (teller === "unix:") return this.trustsUnix;
    const bytes = unmapIpv4(teller);
    for (const cidr of this.cidrs) if (isInCidr(bytes, cidr)) return true;
    return false;
  };

  /** Something to wait for before `trusts` is asked: names being resolved. It gives those that have no address, and never rejects. */
  pending(): Promise<readonly string[]> | undefined {
    if (this.unresolved.length === 0) return undefined;
    if (this.resolving === undefined && performance.now() - this.failedAtMs < RETRY_LOOKUP_MS) return undefined;
    this.resolving ??= this.resolve().finally(() => {
      this.resolving = undefined;
    });
    return this.resolving;
  }

  private async resolve(): Promise<readonly string[]> {
    const found = await Promise.all(this.unresolved.map(async (host) => ({ host, addresses: await this.lookup(host) })));
    for (const { addresses } of found) this.cidrs.push(...addresses.map(parseCidr).filter((cidr) => cidr !== undefined));
    this.unresolved = found.filter(({ addresses }) => addresses.length === 0).map(({ host }) => host);
    if (this.unresolved.length > 0) this.failedAtMs = performance.now();
    return this.unresolved;
  }
}

function readTrustedName(arg: Arg, report: Report): TrustedName | undefined {
  if (arg.text === "unix:") return "unix:";
  const cidr = parseCidr(arg.text);
  if (cidr?.hasMeaninglessBits === true) report.warn(`low address bits of ${arg.text} are meaningless`, arg.span);
  if (cidr !== undefined) return cidr;
  if (isHostName(arg.text)) return { host: arg.text };
  return report.error(`host not found in set_real_ip_from "${arg.text}"`, arg.span);
}

/** Digits and dots alone are a mistyped address: the system would read "10.1" as one that nobody meant. */
function isHostName(text: string): boolean {
  return /^[a-z0-9._-]+$/i.test(text) && !/^[0-9.]+$/.test(text);
}

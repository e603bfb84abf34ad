/** Asks the name servers of a `resolver` directive, and remembers what they say for as long as they say (nginx: ngx_resolver.c). */

import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { lookupHost } from "../resolve-host.ts";
import { type HostAddresses, NOT_FOUND } from "./host-addresses.ts";
import type { NameServer, ResolverSetting } from "./resolver-directives.ts";

/** nginx asks again after five seconds, a server after the other. */
const QUERY_TIMEOUT_MS = 5000;
/** Names remembered: those in addresses of variables may come from clients. */
const NAMES_MAX = 1024;

/** nginx's, for what name servers answer (RFC 1035, section 4.1.1) and for none that does. */
const FAILURES: Readonly<Record<string, string>> = {
  EFORMERR: "1: Format error",
  ESERVFAIL: "2: Server failure",
  ENOTFOUND: NOT_FOUND,
  ENODATA: NOT_FOUND,
  EBADNAME: NOT_FOUND,
  ENOTIMP: "4: Unimplemented",
  EREFUSED: "5: Operation refused",
};
const TIMED_OUT = "110: Operation timed out";
const SERVER_FAILURE = "2: Server failure";

interface FoundAddress {
  readonly address: string;
  readonly ttl: number;
}

export class NameResolver {
  private readonly setting: ResolverSetting;
  private readonly resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS });
  private readonly known = new Map<string, HostAddresses>();
  private readonly asked = new Map<string, Promise<HostAddresses>>();
  private settingUp: Promise<boolean> | undefined;

  constructor(setting: ResolverSetting) {
    this.setting = setting;
  }

  /** Addresses of both families; a failure is not remembered. */
  async resolve(host: string, timeoutMs: number): Promise<HostAddresses> {
    const name = host.toLowerCase();
    const known = this.known.get(name);
    if (known !== undefined && performance.now() < known.validUntilMs) return known;
    let asked = this.asked.get(name);
    if (asked === undefined) {
      asked = this.ask(name).finally(() => this.asked.delete(name));
      this.asked.set(name, asked);
    }
    return withTimeout(asked, timeoutMs);
  }

  /** Gives up what is being asked. */
  close(): void {
    this.resolver.cancel();
  }

  private async ask(name: string): Promise<HostAddresses> {
    this.settingUp ??= this.setUp();
    if (!(await this.settingUp)) {
      this.settingUp = undefined;
      return failed(SERVER_FAILURE);
    }
    const { ipv4, ipv6, validMs } = this.setting;
    const families = await Promise.allSettled([
      ...(ipv4 ? [this.resolver.resolve4(name, { ttl: true })] : []),
      ...(ipv6 ? [this.resolver.resolve6(name, { ttl: true })] : []),
    ]);
    const found: readonly FoundAddress[] = families.flatMap((family) => (family.status === "fulfilled" ? family.value : []));
    if (found.length === 0) return failed(failureOf(families));
    const validForMs = validMs ?? Math.min(...found.map(({ ttl }) => ttl)) * 1000;
    const answer = { addresses: found.map(({ address }) => address), failure: "", validUntilMs: performance.now() + validForMs };
    if (this.known.size >= NAMES_MAX) this.known.clear();
    this.known.set(name, answer);
    return answer;
  }

  /** False when none of the name servers has an address. */
  private async setUp(): Promise<boolean> {
    const texts = (await Promise.all(this.setting.servers.map(serverTexts))).flat();
    if (texts.length > 0) this.resolver.setServers(texts);
    return texts.length > 0;
  }
}

async function serverTexts({ host, port }: NameServer): Promise<readonly string[]> {
  const addresses = isIP(host) === 0 ? await lookupHost(host) : [host];
  return addresses.map((address) => (address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`));
}

function failed(failure: string): HostAddresses {
  return { addresses: [], failure, validUntilMs: Number.NEGATIVE_INFINITY };
}

/** One family's "not found" counts for less than what the other failed of. */
function failureOf(families: readonly PromiseSettledResult<unknown>[]): string {
  const failures = families.map((family) => {
    const reason: NodeJS.ErrnoException | undefined = family.status === "rejected" ? family.reason : undefined;
    return FAILURES[reason?.code ?? ""] ?? TIMED_OUT;
  });
  return failures.find((failure) => failure !== NOT_FOUND) ?? NOT_FOUND;
}

function withTimeout(answer: Promise<HostAddresses>, timeoutMs: number): Promise<HostAddresses> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(failed(TIMED_OUT)), timeoutMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

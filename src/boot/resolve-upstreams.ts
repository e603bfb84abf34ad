/** Looks up the names of upstream servers before a configuration is served (nginx: ngx_http_upstream_server, ngx_inet_resolve_host). */

import type { Diagnostic } from "../config/diagnostic.ts";
import { type HostLookup, lookupHost } from "../upstream/resolve-host.ts";
import { hostOf, literalAddresses, type UpstreamGroup } from "../upstream/upstream-group.ts";
import type { LoadedConfig } from "./load-config.ts";

/** Addresses by name, those without any included. Plain data: a master gives them to its workers. */
export type KnownHosts = readonly (readonly [host: string, addresses: readonly string[]])[];

/** For all names together: a silent name server must not keep a server from starting. */
const LOOKUP_TIMEOUT_MS = 2000;

export type ResolvedConfig = LoadedConfig & { readonly hosts: KnownHosts };

/**
 * Gives every upstream group its addresses, and adds a warning for each name that has none: its requests are answered 502, and look again.
 * Returns at once where no name is written. Never rejects.
 */
export async function resolveUpstreams(loaded: LoadedConfig, lookup: HostLookup = lookupHost): Promise<ResolvedConfig> {
  const upstreams = loaded.snapshot?.upstreams.filter((group) => group.balancer === undefined) ?? [];
  if (upstreams.length === 0) return { ...loaded, hosts: [] };
  const named = upstreams
    .flatMap((group) => group.servers)
    .filter((server) => literalAddresses(server) === undefined && server.isResolved !== true);
  const hosts = await lookUpAll([...new Set(named.map(hostOf))], lookup);
  adoptHosts(upstreams, hosts);
  return { ...loaded, hosts, diagnostics: [...loaded.diagnostics, ...upstreams.flatMap((group) => missing(group, hosts))] };
}

/** As `resolveUpstreams`, with what has been looked up by another process. */
export function adoptHosts(upstreams: readonly UpstreamGroup[], hosts: KnownHosts): void {
  const known = new Map(hosts);
  for (const group of upstreams) group.adoptAddresses((host) => known.get(host) ?? []);
}

async function lookUpAll(hosts: readonly string[], lookup: HostLookup): Promise<KnownHosts> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([]), LOOKUP_TIMEOUT_MS);
  });
  const found = await Promise.all(hosts.map(async (host): Promise<KnownHosts[number]> => [host, await Promise.race([lookup(host), late])]));
  clearTimeout(timer);
  return found;
}

function missing(group: UpstreamGroup, hosts: KnownHosts): readonly Diagnostic[] {
  const known = new Map(hosts);
  return group.servers
    .filter((server) => known.get(hostOf(server))?.length === 0)
    .map(({ server, span }) => ({
      level: "warn",
      code: "host-not-found",
      message: `host not found in upstream "${group.span === undefined ? group.name : server}"`,
      hint: "requests are answered 502 until the name resolves",
      ...(span === undefined ? {} : { span }),
    }));
}

/** Groups servers by the addresses they listen on, as nginx does (ngx_http_add_listen, ngx_http_optimize_servers). */

import { settings } from "../config/bind.ts";
import type { Diagnostic } from "../config/diagnostic.ts";
import { placeOf, type Span } from "../config/source.ts";
import type { CompiledServer } from "../http/compiled.ts";
import type { AddressProtocols } from "../http/core/address-protocols.ts";
import type { ListenSpec } from "../http/core/listen-address.ts";
import { sslDirectives } from "../http/core/ssl-directives.ts";
import type { HeadLimits, HeadRules } from "../http/message/parse-request-head.ts";
import { buildServerNames, findServer } from "../http/routing/virtual-server.ts";
import type { ServerDraft } from "./server-draft.ts";
import type { CompiledHosts, CompiledSocket } from "./snapshot.ts";
import { unappliedParameters } from "./unapplied-listen.ts";

export interface DraftedServer {
  readonly draft: ServerDraft;
  readonly server: CompiledServer;
}

/** All that listens on one address. */
interface AddressGroup {
  /** Of the one that sets something of the socket, else of the first. */
  spec: ListenSpec;
  readonly key: string;
  readonly span: Span;
  readonly servers: DraftedServer[];
  defaultServer: DraftedServer | undefined;
  protocols: AddressProtocols;
}

/** nginx's default length of the queue of connections not yet accepted, on Linux. */
const BACKLOG = 511;

export function groupListens(servers: readonly DraftedServer[], diagnostics: Diagnostic[]): readonly CompiledSocket[] {
  const groups = new Map<string, AddressGroup>();
  for (const drafted of servers) {
    for (const { spec, span } of drafted.draft.listens) addListen(groups, drafted, spec, span, diagnostics);
  }
  const compiled = [...groups.values()].map((group) => ({ group, hosts: compileHosts(group, diagnostics) }));
  // A wildcard's socket takes the port whole: addresses beside it on that port are told apart by where the client came to.
  return compiled
    .filter(({ group }) => wildcardBeside(group, groups) === undefined)
    .map(({ group, hosts }) => ({
      bind: bindAddress(group.spec),
      key: group.key,
      span: group.span,
      defaultHosts: hosts,
      hostsByAddress: new Map(
        compiled
          .filter((other) => wildcardBeside(other.group, groups) === group)
          .map((other) => [other.group.spec.host ?? "", other.hosts]),
      ),
    }));
}

function addListen(
  groups: Map<string, AddressGroup>,
  drafted: DraftedServer,
  spec: ListenSpec,
  span: Span,
  diagnostics: Diagnostic[],
): void {
  const key = keyOf(spec);
  let group = groups.get(key);
  if (group === undefined) {
    group = { spec, key, span, servers: [], defaultServer: undefined, protocols: spec };
    groups.set(key, group);
    noteUnapplied(spec, span, diagnostics);
  } else if (group.servers.includes(drafted)) {
    diagnostics.push({ level: "emerg", code: "duplicate-listen", message: `a duplicate listen ${key}`, span });
    return;
  } else if (spec.setsSocket) {
    if (group.spec.setsSocket) {
      diagnostics.push({ level: "emerg", code: "duplicate-listen-options", message: `duplicate listen options for ${key}`, span });
    }
    group.spec = spec;
    noteUnapplied(spec, span, diagnostics);
  }
  const { protocols } = group;
  if (group.servers.length > 0 && isRedefined(protocols, spec)) {
    diagnostics.push({ level: "warn", code: "redefined-listen", message: `protocol options redefined for ${key}`, span });
  }
  group.protocols = {
    ssl: protocols.ssl || spec.ssl,
    http2: protocols.http2 || spec.http2,
    proxyProtocol: protocols.proxyProtocol || spec.proxyProtocol,
  };
  if (spec.defaultServer) {
    if (group.defaultServer !== undefined) {
      diagnostics.push({ level: "emerg", code: "duplicate-default-server", message: `a duplicate default server for ${key}`, span });
    }
    group.defaultServer = drafted;
  }
  group.servers.push(drafted);
}

function noteUnapplied(spec: ListenSpec, span: Span, diagnostics: Diagnostic[]): void {
  for (const parameter of unappliedParameters(spec)) {
    const message = `the "${parameter}" parameter of "listen" has no effect: Node.js does not set it`;
    diagnostics.push({ level: "notice", code: "ignored-parameter", message, span });
  }
}

function compileHosts(group: AddressGroup, diagnostics: Diagnostic[]): CompiledHosts {
  const first = group.defaultServer ?? group.servers[0];
  if (first === undefined) throw new TypeError(`Cannot group ${group.key}: no server listens there`);
  const entries = group.servers.map(({ draft, server }) => ({ names: draft.names, payload: server }));
  const { names, mistakes } = buildServerNames(entries, first.server, group.key);
  for (const { level, message, name } of mistakes) {
    const span = group.servers.map(({ draft }) => draft.nameSpans.get(name)).find((found) => found !== undefined) ?? group.span;
    diagnostics.push({ level, code: "server-name", message, span });
  }
  if (group.protocols.ssl) diagnostics.push(...checkCertificates(first, group.servers));
  const { connection } = first.server;
  const headLimits: HeadLimits = {
    firstBufferBytes: connection.headerBufferBytes,
    largeBuffers: connection.largeBuffersNumber,
    largeBufferBytes: connection.largeBufferBytes,
    fieldsMax: connection.headersMax,
  };
  const rules = new Map(group.servers.map(({ server }) => [server, rulesOf(server, undefined)]));
  const differ = [...rules.values()].some((rule) => !sameRules(rule, rulesOf(first.server, undefined)));
  const rulesForHost = (host: string): HeadRules => rules.get(findServer(names, host).payload) ?? rulesOf(first.server, undefined);
  return {
    hosts: { defaultServer: first.server, names, isAlone: group.servers.length === 1 },
    headLimits,
    headRules: rulesOf(first.server, differ ? rulesForHost : undefined),
    protocols: { ...group.protocols, http2: group.protocols.http2 || connection.http2 },
  };
}

/** Without a certificate nothing can be negotiated (nginx: ngx_http_ssl_init). Servers that have none use that of the default server. */
function checkCertificates(first: DraftedServer, servers: readonly DraftedServer[]): readonly Diagnostic[] {
  const conf = settings(first.draft.block, sslDirectives);
  const needy = conf.ssl_certificate.length > 0 ? [] : conf.ssl_reject_handshake ? servers : [first];
  return needy
    .filter(({ draft }) => !settings(draft.block, sslDirectives).ssl_reject_handshake)
    .filter(({ draft }) => settings(draft.block, sslDirectives).ssl_certificate.length === 0)
    .map(({ draft }) => ({
      level: "emerg",
      code: "no-certificate",
      message: `no "ssl_certificate" is defined for the "listen ... ssl" directive in ${placeOf(draft.block.span)}`,
      span: draft.block.span,
    }));
}

/** nginx: options of another `listen` for the same address count as well, but it is odd that not all say the same. */
function isRedefined(one: AddressProtocols, other: AddressProtocols): boolean {
  return one.ssl !== other.ssl || one.http2 !== other.http2 || one.proxyProtocol !== other.proxyProtocol;
}

function rulesOf({ connection }: CompiledServer, rulesForHost: HeadRules["rulesForHost"]): HeadRules {
  return {
    underscores_in_headers: connection.underscoresInHeaders,
    ignore_invalid_headers: connection.ignoreInvalidHeaders,
    strict_http: connection.strictHttp,
    rulesForHost,
  };
}

function sameRules(one: HeadRules, other: HeadRules): boolean {
  return (
    one.underscores_in_headers === other.underscores_in_headers &&
    one.ignore_invalid_headers === other.ignore_invalid_headers &&
    one.strict_http === other.strict_http
  );
}

/** The group whose wildcard socket serves this one's address, too. */
function wildcardBeside(group: AddressGroup, groups: ReadonlyMap<string, AddressGroup>): AddressGroup | undefined {
  const { spec } = group;
  if (spec.path !== undefined || isWildcard(spec)) return undefined;
  return groups.get(keyOf({ ...spec, host: spec.family === "ipv6" ? "::" : "0.0.0.0" }));
}

function isWildcard(spec: ListenSpec): boolean {
  return spec.host === "0.0.0.0" || spec.host === "::";
}

function keyOf(spec: ListenSpec): string {
  if (spec.path !== undefined) return `unix:${spec.path}`;
  return spec.family === "ipv6" ? `[${spec.host}]:${spec.port}` : `${spec.host}:${spec.port}`;
}

function bindAddress(spec: ListenSpec): CompiledSocket["bind"] {
  return {
    host: spec.path === undefined ? spec.host : undefined,
    port: spec.path === undefined ? spec.port : undefined,
    path: spec.path,
    ipv6Only: spec.ipv6Only,
    backlog: spec.backlog ?? BACKLOG,
    keepAliveDelayMs: keepAliveDelay(spec.soKeepalive),
  };
}

/** Probes begin after this time; 0: the system's; undefined: none are sent. */
function keepAliveDelay(setting: ListenSpec["soKeepalive"]): number | undefined {
  if (setting === undefined || setting === "off") return undefined;
  return setting === "on" ? 0 : (setting.idleSeconds ?? 0) * 1000;
}

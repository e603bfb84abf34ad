/** From a request's head to its virtual server and normalised URI. */

import { checkTls } from "./check-tls.ts";
import type { CompiledServer } from "./compiled.ts";
import { captureNamed } from "./enter-location.ts";
import { normalizeTarget } from "./message/request-target.ts";
import type { RequestContext } from "./request-context.ts";
import { logRequestError } from "./request-log.ts";
import { findServer, findServerTraced, type ServerTrace } from "./routing/virtual-server.ts";
import type { Trace } from "./trace.ts";
import type { VirtualHosts } from "./virtual-hosts.ts";

/** Fills `server`, `host`, `uri` and `args`. A number is the status of a refusal. */
export function openRequest(r: RequestContext, hosts: VirtualHosts): number | undefined {
  // nginx: a target is understood before there is a Host; who cannot be understood is the default server's.
  if (!takeTarget(r, hosts)) {
    const cause = "a bad escape, or dots above the root, in its target";
    logRequestError(r, "info", "client sent invalid request while reading client request line", { cause });
    return 400;
  }
  chooseServer(r, hosts);
  for (const line of r.head.droppedFields) {
    logRequestError(r, "info", `client sent invalid header line: "${line}" while reading client request headers`);
  }
  return checkTls(r);
}

/** The same for a request whose head was refused, as far as that had been read: its server answers and logs it (nginx: ngx_http_process_host). */
export function openRefusedRequest(r: RequestContext, hosts: VirtualHosts): void {
  if (r.head.authority !== undefined) chooseServer(r, hosts);
  takeTarget(r, hosts);
}

function chooseServer(r: RequestContext, hosts: VirtualHosts): void {
  const host = r.head.authority?.host ?? "";
  const match = r.trace === undefined ? findServer(hosts.names, host) : findServerTraced(hosts.names, host, traceServers(r.trace));
  r.server = match.payload;
  r.location = r.server.rootLocation;
  r.host = host === "" ? r.server.name : host;
  if (match.captures !== undefined) {
    r.captures = match.captures;
    captureNamed(r, match.captures, r.server.namedCaptures);
  }
}

/** False: the target cannot be understood. */
function takeTarget(r: RequestContext, hosts: VirtualHosts): boolean {
  // nginx: merge_slashes is always that of the address's default server.
  const target = normalizeTarget(r.head.target, hosts.defaultServer.connection.mergeSlashes ? "merge" : "keep");
  if (target === undefined) return false;
  r.uri = target.uri;
  r.args = target.args;
  return true;
}

function traceServers(trace: NonNullable<Trace>): ServerTrace<CompiledServer> {
  return ({ payload, verdict, name }, outcome) => {
    const won = outcome === "won";
    const isDefault = verdict === "default server";
    const subject = isDefault ? payload.name : (name?.text ?? "");
    const text = isDefault ? "default server of the address: no server_name matches" : won ? `server_name: ${verdict}` : outcome;
    trace({ step: "server", subject: subject === "" ? '""' : subject, text, won, span: payload.span });
  };
}

/** Error log lines about upstreams, in nginx's words, with the cause and a remedy behind them. */

import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import type { LogLevel } from "../log/error-log.ts";
import type { AttemptStage } from "./attempt-listener.ts";
import type { Peer } from "./peer.ts";
import type { RepeatedField } from "./response-fields.ts";
import type { UpstreamError } from "./upstream-error.ts";
import type { UpstreamProtocol, UpstreamTarget } from "./upstream-protocol.ts";

/** Whom a line is about: the target of a request, and the peer's address or the group's name. */
export interface LoggedUpstream {
  readonly protocol: UpstreamProtocol;
  readonly target: UpstreamTarget;
  readonly peerText: string;
}

export function logUpstream(r: RequestContext, level: LogLevel, message: string, upstream: LoggedUpstream): void {
  if (!r.location.settings.errorLog.isOn(level)) return;
  logRequestError(r, level, message, { upstream: upstreamText(r, upstream) });
}

export function logFailure(r: RequestContext, error: UpstreamError, stage: AttemptStage, upstream: LoggedUpstream): void {
  const facts = { upstream: upstreamText(r, upstream), cause: error.causeCode, remedy: error.remedy };
  logRequestError(r, error.level, `${error.message} while ${stage}`, facts);
}

/** nginx tells of an upgraded connection's time-out at [info], as of a client's: it is how most of them end. */
export function logTunnelFailure(r: RequestContext, error: UpstreamError, upstream: LoggedUpstream): void {
  const stage = "proxying upgraded connection";
  if (error.kind === "timeout") logUpstream(r, "info", `${error.message} while ${stage}`, upstream);
  else logFailure(r, error, stage, upstream);
}

export function logRepeatedField(r: RequestContext, field: RepeatedField, upstream: LoggedUpstream): void {
  const { name, value, previous } = field;
  const lines = `"${name}: ${value}", previous value: "${name}: ${previous}"`;
  logUpstream(r, "warn", `upstream sent duplicate header line: ${lines}, ignored while reading response header from upstream`, upstream);
}

/** `uwsgi://127.0.0.1:3031`, `http://unix:/run/app.sock:/uri`. */
function upstreamText(r: RequestContext, { protocol, target, peerText }: LoggedUpstream): string {
  const separator = peerText.startsWith("unix:") ? ":" : "";
  return `${target.scheme}${peerText}${separator}${protocol.uriForLog(r, target)}`;
}

/** Undefined: none is. */
export function logDisabled(r: RequestContext, peer: Peer | undefined, stage: AttemptStage, upstream: LoggedUpstream): void {
  if (peer === undefined) return;
  logUpstream(r, "warn", `upstream server temporarily disabled while ${stage}`, { ...upstream, peerText: peer.address.text });
}

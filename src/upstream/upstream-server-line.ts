/** `server` in an `upstream` block (nginx: ngx_http_upstream_server). */

import { parseCount, parseSeconds } from "../config/parse-number.ts";
import type { Report } from "../config/report.ts";
import type { Arg } from "../config/tree.ts";
import { DEFAULT_PEER_SETTINGS } from "./peer.ts";
import type { UpstreamServer } from "./upstream-group.ts";
import { parseUpstreamUrl } from "./upstream-url.ts";

/** nginx's port for a server that names none. */
const DEFAULT_PORT = 80;

/** `server address [weight= max_fails= fail_timeout= max_conns= backup down]`. */
export function readServer(args: readonly Arg[], report: Report): UpstreamServer | undefined {
  const [address, ...parameters] = args;
  if (address === undefined) return undefined;
  const url = parseUpstreamUrl(address.text, DEFAULT_PORT);
  if ("mistake" in url) return report.error(`${url.mistake} in upstream "${address.text}"`, address.span);
  if (url.uri !== "") return report.error(`invalid host in upstream "${address.text}"`, address.span);
  const settings: Mutable<UpstreamServer> = { ...DEFAULT_PEER_SETTINGS, server: address.text, address: url.address, span: address.span };
  for (const parameter of parameters) {
    const problem = readParameter(parameter.text, settings);
    if (problem !== "") return report.error(problem, parameter.span);
  }
  return settings;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Sets what a parameter says; nginx's words when it says nothing. */
function readParameter(text: string, settings: Mutable<UpstreamServer>): string {
  const invalid = `invalid parameter "${text}"`;
  const equals = text.indexOf("=");
  const value = text.slice(equals + 1);
  switch (equals === -1 ? text : text.slice(0, equals + 1)) {
    case "backup":
      settings.isBackup = true;
      return "";
    case "down":
      settings.isDown = true;
      return "";
    case "weight=": {
      const weight = parseCount(value);
      if (weight === undefined || weight === 0) return invalid;
      settings.weight = weight;
      return "";
    }
    case "max_fails=": {
      const fails = parseCount(value);
      if (fails === undefined) return invalid;
      settings.maxFails = fails;
      return "";
    }
    case "max_conns=": {
      const connections = parseCount(value);
      if (connections === undefined) return invalid;
      settings.maxConns = connections;
      return "";
    }
    case "fail_timeout=": {
      const timeout = parseSeconds(value);
      if (timeout === undefined) return invalid;
      settings.failTimeoutMs = timeout * 1000;
      return "";
    }
    case "resolve":
      settings.isResolved = true;
      return "";
    case "service=":
    case "route=":
    case "slow_start=":
    case "drain":
      return `parameter "${text}" is not supported yet`;
    default:
      return invalid;
  }
}

/** `$upstream_*`: what attempts took and gave (nginx: ngx_http_upstream_module, ngx_http_upstream_status_variable). */

import type { RequestContext } from "../http/request-context.ts";
import type { UpstreamState } from "../http/upstream-state.ts";
import type { VariableTable } from "../http/variables.ts";

/** One value per attempt: ", " between attempts, " : " where an internal redirect led to another upstream. */
function perAttempt(read: (state: UpstreamState) => string): (r: RequestContext) => string {
  return (r) => {
    const states = r.upstreamStates;
    if (states === undefined) return "";
    let text = "";
    for (const [index, state] of states.entries()) {
      if (index > 0) text += state.followsRedirect ? " : " : ", ";
      text += read(state);
    }
    return text;
  };
}

/** Seconds with milliseconds; "-" for what did not happen. */
function seconds(ms: number): string {
  return ms < 0 ? "-" : (ms / 1000).toFixed(3);
}

/** `content_type` for Content-Type. */
function fieldNameOf(suffix: string): string {
  return suffix.toLowerCase().replaceAll("_", "-");
}

function upstreamField(suffix: string): (r: RequestContext) => string {
  const name = fieldNameOf(suffix);
  return (r) => {
    const head = r.upstreamHead;
    if (head === undefined) return "";
    const values = head.values.filter((_value, index) => head.lowerNames[index] === name);
    return values.join(", ");
  };
}

/** The cookie's value in the last Set-Cookie that sets it (nginx: names compare without case). */
function upstreamCookie(suffix: string): (r: RequestContext) => string {
  const start = `${suffix.toLowerCase()}=`;
  return (r) => {
    const head = r.upstreamHead;
    if (head === undefined) return "";
    for (let i = head.lowerNames.length - 1; i >= 0; i--) {
      const value = head.values[i] ?? "";
      if (head.lowerNames[i] !== "set-cookie" || !value.toLowerCase().startsWith(start)) continue;
      const end = value.indexOf(";");
      return value.slice(start.length, end === -1 ? value.length : end);
    }
    return "";
  };
}

export const upstreamVariables: VariableTable = {
  upstream_addr: perAttempt((state) => state.address),
  upstream_status: perAttempt((state) => (state.status === 0 ? "-" : String(state.status))),
  upstream_connect_time: perAttempt((state) => seconds(state.connectMs)),
  upstream_header_time: perAttempt((state) => seconds(state.headerMs)),
  upstream_response_time: perAttempt((state) => seconds(state.responseMs)),
  upstream_response_length: perAttempt((state) => String(state.responseLength)),
  upstream_bytes_received: perAttempt((state) => String(state.bytesReceived)),
  upstream_bytes_sent: perAttempt((state) => String(state.bytesSent)),
  /** Ours: the cause code of each attempt's failure, "-" for those that had none. */
  upstream_error: perAttempt((state) => (state.errorCode === "" ? "-" : state.errorCode)),
  upstream_cache_status: () => "",
  upstream_http_: { family: upstreamField },
  upstream_cookie_: { family: upstreamCookie },
  upstream_trailer_: { family: () => () => "" },
};

/** What can go wrong with an upstream: a closed set of causes, each with what next_upstream makes of it and a remedy for the reader of the log. */

import type { LogLevel } from "../log/error-log.ts";

/** nginx's classes of failure, as `*_next_upstream` names them. */
export type FailureKind = "error" | "timeout" | "invalid_header";

interface CauseFacts {
  readonly kind: FailureKind;
  /** One line; "" where the message says it all. */
  readonly remedy: string;
}

/** `$upstream_error` prints the names. */
export const UPSTREAM_CAUSES = {
  no_live_peers: {
    kind: "error",
    remedy: "all servers of the group are down or failed lately: see the lines above, fail_timeout and max_fails",
  },
  host_not_found: { kind: "error", remedy: "the name does not resolve: check its spelling and the system's resolver" },
  connect_refused: { kind: "error", remedy: "nothing listens at that address: start the application or correct the address" },
  connect_timeout: { kind: "timeout", remedy: "no answer to the connection attempt: a firewall, a wrong address or a full listen queue" },
  connect_failed: { kind: "error", remedy: "the system could not connect: check the address and the network" },
  bind_failed: { kind: "error", remedy: "the address of the bind directive is not one of this machine, or its port is taken" },
  socket_missing: { kind: "error", remedy: "the unix socket does not exist: start the application or correct the path" },
  socket_denied: { kind: "error", remedy: "this process may not write to the unix socket: change its owner or mode" },
  listen_queue_full: {
    kind: "error",
    remedy: "the application accepts too slowly: more workers, or a longer listen queue (uWSGI: listen, kernel: net.core.somaxconn)",
  },
  not_tls: { kind: "error", remedy: "the upstream does not speak TLS at that address: use http:// or uwsgi://, or another port" },
  tls_failed: { kind: "error", remedy: "no agreement on TLS: compare protocols, ciphers, names and certificates on both sides" },
  tls_closed: {
    kind: "error",
    remedy: "the upstream closed within the TLS handshake: it may want another name (ssl_server_name, ssl_name) or a client certificate",
  },
  tls_timeout: { kind: "timeout", remedy: "the upstream accepted the connection and did not answer in TLS: it may not speak it" },
  certificate_rejected: {
    kind: "error",
    remedy: "see the upstream's certificate against ssl_trusted_certificate, ssl_name, ssl_verify_depth and ssl_crl",
  },
  send_failed: { kind: "error", remedy: "the application closed the connection while the request was sent" },
  send_timeout: { kind: "timeout", remedy: "the application stopped reading the request: see its load, or raise the send time-out" },
  read_timeout: { kind: "timeout", remedy: "the application did not answer in time: see what it waits for, or raise the read time-out" },
  connection_reset: { kind: "error", remedy: "the application reset the connection: it was killed, restarted, or refused the request" },
  closed_without_answer: {
    kind: "error",
    remedy:
      "the application closed without a byte: an exception before start_response, a killed worker (harakiri), or a request it refused",
  },
  closed_in_head: { kind: "error", remedy: "the application closed within the head of its answer: see its log" },
  closed_in_body: { kind: "error", remedy: "the application closed within the body of its answer: see its log" },
  packet_over_buffer_size: { kind: "error", remedy: "uWSGI's default buffer-size is 4096" },
  uwsgi_to_http: { kind: "invalid_header", remedy: "the upstream speaks HTTP, not uwsgi: use proxy_pass, or give uWSGI a uwsgi-socket" },
  http_to_uwsgi: { kind: "error", remedy: "the upstream may be a uwsgi socket: use uwsgi_pass, or give uWSGI an http-socket" },
  answered_tls: { kind: "invalid_header", remedy: "the upstream speaks TLS" },
  invalid_head: { kind: "invalid_header", remedy: "the upstream's answer is not a valid head" },
  invalid_value: {
    kind: "invalid_header",
    remedy: "memcached answered neither with the value nor with END: its own words stand in this line",
  },
  head_too_big: { kind: "invalid_header", remedy: "raise the buffer_size directive of this location" },
  unrequested_upgrade: { kind: "invalid_header", remedy: "the upstream switched protocols without being asked" },
  invalid_body: { kind: "error", remedy: "the upstream's chunked coding is broken" },
  not_http2: {
    kind: "invalid_header",
    remedy: "the upstream does not speak HTTP/2 at that address: set proxy_http_version 1.1, or turn HTTP/2 on there",
  },
  stream_reset: { kind: "error", remedy: "the application reset the HTTP/2 stream: its log says why" },
  stream_refused: {
    kind: "error",
    remedy: "the application took no more streams on that HTTP/2 connection: it restarts, or is at its limit",
  },
} as const satisfies Readonly<Record<string, CauseFacts>>;

export type UpstreamCause = keyof typeof UPSTREAM_CAUSES;

/** A failed attempt. `message` is nginx's log line up to " while …", which the caller adds. */
export class UpstreamError extends Error {
  readonly causeCode: UpstreamCause;
  readonly kind: FailureKind;
  readonly level: LogLevel;
  readonly remedy: string;

  constructor(causeCode: UpstreamCause, message: string, level: LogLevel = "error", remedy: string = UPSTREAM_CAUSES[causeCode].remedy) {
    super(message);
    this.name = "UpstreamError";
    this.causeCode = causeCode;
    this.kind = UPSTREAM_CAUSES[causeCode].kind;
    this.level = level;
    this.remedy = remedy;
  }
}

/** The answer's status for a failure that nothing could mend. */
export function statusOfFailure(kind: FailureKind): 502 | 504 {
  return kind === "timeout" ? 504 : 502;
}

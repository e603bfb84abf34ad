/** What is not supported yet of the modules that pass requests on (proxy, uwsgi, fastcgi, scgi, grpc, tunnel), by their common words. */

import type { UnsupportedDirective, UnsupportedDirectives } from "../config/bind.ts";
import type { Context } from "../config/directive.ts";

const HTTP: readonly Context[] = ["http"];
const LOCATIONS: readonly Context[] = ["http", "server", "location"];
const PASS: readonly Context[] = ["location", "if in location"];
const TUNNEL_PASS: readonly Context[] = ["server", "location", "if in location"];

const CACHING =
  "cache cache_background_update cache_key cache_lock cache_lock_age cache_lock_timeout cache_max_range_offset cache_methods " +
  "cache_min_uses cache_revalidate cache_use_stale cache_valid";

/** Without effect where nothing is cached: see ignored.ts. */
const UNCACHED = "cache_bypass no_cache";

const TLS =
  "ssl_alpn ssl_certificate ssl_certificate_cache ssl_certificate_key ssl_ciphers ssl_conf_command ssl_crl ssl_key_log ssl_name ssl_password_file " +
  "ssl_protocols ssl_server_name ssl_session_reuse ssl_trusted_certificate ssl_verify ssl_verify_depth";

const STORING = "store store_access";

const SOCKET = "bind socket_keepalive";

const NEXT_UPSTREAM = "next_upstream next_upstream_timeout next_upstream_tries";

const TIMEOUTS = "connect_timeout read_timeout send_timeout";

/** What fastcgi and scgi have beyond these, as proxy and uwsgi have it. */
const ENGINE =
  "buffer_size buffering buffers busy_buffers_size force_ranges hide_header ignore_client_abort ignore_headers intercept_errors limit_rate " +
  "max_temp_file_size pass_header pass_request_body pass_request_headers request_buffering temp_file_write_size param";

/** Prefix, why, contexts, what follows the prefix. */
type Row = readonly [prefix: string, why: string, contexts: readonly Context[], words: string];

const ROWS: readonly Row[] = [
  ...["proxy", "uwsgi"].flatMap((prefix): readonly Row[] => [
    [prefix, "comes with caching", LOCATIONS, CACHING],
    [prefix, "comes with caching", HTTP, "cache_path"],
    [prefix, "comes with caching", LOCATIONS, STORING],
  ]),
  ["proxy", "comes with caching", LOCATIONS, "cache_convert_head"],

  ...["fastcgi", "scgi"].flatMap((prefix): readonly Row[] => [
    [prefix, `comes with ${prefix}_pass`, LOCATIONS, `${CACHING} ${UNCACHED} ${STORING} ${SOCKET} ${NEXT_UPSTREAM} ${TIMEOUTS} ${ENGINE}`],
    [prefix, `comes with ${prefix}_pass`, HTTP, "cache_path"],
    [prefix, "use uwsgi_pass or proxy_pass, which the application server speaks as well", PASS, "pass"],
  ]),
  ["fastcgi", "comes with fastcgi_pass", LOCATIONS, "catch_stderr index keep_conn send_lowat split_path_info"],

  ["grpc", "comes with HTTP/2 to upstreams", PASS, "pass"],
  ["grpc", "comes with HTTP/2 to upstreams", LOCATIONS, `${SOCKET} ${NEXT_UPSTREAM} ${TIMEOUTS} ${TLS}`],
  ["grpc", "comes with HTTP/2 to upstreams", LOCATIONS, "buffer_size hide_header ignore_headers intercept_errors pass_header set_header"],

  ["tunnel", "CONNECT is refused: tunnels come in a later release", TUNNEL_PASS, "pass"],
  ["tunnel", "comes with tunnel_pass", LOCATIONS, `${SOCKET} ${NEXT_UPSTREAM} ${TIMEOUTS} buffer_size send_lowat`],
];

/** By name. */
export const unsupportedForwardDirectives: UnsupportedDirectives = new Map(
  ROWS.flatMap(([prefix, why, contexts, words]) =>
    words.split(" ").map((word): [string, UnsupportedDirective] => [`${prefix}_${word}`, { contexts, why }]),
  ),
);

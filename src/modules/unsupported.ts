/**
 * Directives of nginx 1.31 that are refused by name as "not supported yet" rather than as unknown (source: nginx.org, alphabetical index of
 * directives). A module that begins to support one takes it out of here.
 */

import type { UnsupportedDirective, UnsupportedDirectives } from "../config/bind.ts";
import type { Context } from "../config/directive.ts";
import { unsupportedForwardDirectives } from "./unsupported-forward.ts";

const MAIN: readonly Context[] = ["main"];
const HTTP: readonly Context[] = ["http"];
const SERVERS: readonly Context[] = ["http", "server"];
const LOCATIONS: readonly Context[] = ["http", "server", "location"];
const LOCATIONS_AND_IF: readonly Context[] = [...LOCATIONS, "if in location"];
const LOCATION: readonly Context[] = ["location"];
const UPSTREAM: readonly Context[] = ["upstream"];

/** Why, where they can stand, their names. */
type Row = readonly [why: string, contexts: readonly Context[], names: string];

const ROWS: readonly Row[] = [
  ["proxying of raw TCP and UDP comes in a later release", MAIN, "stream"],
  ["mail proxying is not planned soon", MAIN, "mail"],
  ["profiling is done with node --prof", MAIN, "google_perftools_profiles"],
  ["comes with HTTP/3", MAIN, "quic_bpf"],
  ["connections that time out are closed", LOCATIONS, "reset_timedout_connection"],

  ["comes with HTTP/3", SERVERS, "http3 http3_hq http3_max_concurrent_streams http3_stream_buffer_size"],
  ["comes with HTTP/3", SERVERS, "quic_active_connection_id_limit quic_gso quic_host_key quic_retry"],

  ["comes with sending at a limited rate", LOCATIONS_AND_IF, "limit_rate limit_rate_after"],
  ["comes with sub-requests", LOCATIONS_AND_IF, "post_action"],
  ["comes with sub-requests", LOCATIONS, "auth_request auth_request_set mirror mirror_request_body"],
  ["comes with sub-requests", LOCATIONS, "add_before_body add_after_body addition_types slice"],
  ["comes with early hints", LOCATIONS, "early_hints"],
  ["comes with the client connection's finer settings", LOCATIONS, "keepalive_disable keepalive_min_timeout"],
  ["comes with request bodies kept in files", LOCATIONS, "client_body_in_file_only client_body_in_single_buffer"],
  ["links are followed: do not let others write below the root", LOCATIONS, "disable_symlinks"],
  ["comes with resolving names while running", [...LOCATIONS, "upstream"], "resolver resolver_timeout"],

  ["comes with request limits", HTTP, "limit_req_zone limit_conn_zone"],
  ["comes with request limits", LOCATIONS, "limit_req limit_req_status limit_req_log_level limit_req_dry_run"],
  ["comes with request limits", LOCATIONS, "limit_conn limit_conn_status limit_conn_log_level limit_conn_dry_run"],
  ["comes with computed variables", HTTP, "num_map"],
  ["comes with referrer checks", ["server", "location"], "valid_referers"],
  ["comes with signed links", LOCATIONS, "secure_link secure_link_md5 secure_link_secret"],
  ["comes with directory listings", LOCATIONS, "autoindex autoindex_exact_size autoindex_format autoindex_localtime"],
  ["comes with directory listings", LOCATION, "random_index"],
  ["comes with status pages", ["server", "location"], "stub_status"],
  ["comes with compressed files on disk", LOCATIONS, "gzip_static gunzip gunzip_buffers"],
  ["not documented by nginx", LOCATIONS, "gzip_window gzip_hash gzip_no_buffer postpone_gzipping"],

  ["comes with character sets", LOCATIONS_AND_IF, "charset source_charset override_charset"],
  ["comes with character sets", LOCATIONS, "charset_types"],
  ["comes with character sets", HTTP, "charset_map"],
  ["comes with body rewriting", LOCATIONS, "sub_filter sub_filter_types sub_filter_once sub_filter_last_modified"],
  ["server-side includes are not planned soon", LOCATIONS_AND_IF, "ssi"],
  ["server-side includes are not planned soon", LOCATIONS, "ssi_silent_errors ssi_ignore_recycled_buffers ssi_min_file_chunk"],
  ["server-side includes are not planned soon", LOCATIONS, "ssi_value_length ssi_types ssi_last_modified"],
  ["user tracking is not planned soon", LOCATIONS, "userid userid_service userid_name userid_domain userid_path userid_expires"],
  ["user tracking is not planned soon", LOCATIONS, "userid_flags userid_p3p userid_mark"],
  ["match on $http_user_agent with if instead", LOCATIONS, "modern_browser ancient_browser modern_browser_value ancient_browser_value"],
  ["writing to the document root is not planned soon", LOCATIONS, "dav_methods dav_access create_full_put_path min_delete_depth"],
  ["media streaming is not planned soon", LOCATION, "flv mp4"],
  ["media streaming is not planned soon", LOCATIONS, "mp4_buffer_size mp4_max_buffer_size mp4_start_key_frame"],
  ["serve a file instead", LOCATION, "empty_gif"],

  ["comes with further balancing methods", UPSTREAM, "hash ip_hash least_conn least_time random"],
  ["comes with sessions bound to a server", UPSTREAM, "sticky"],
  ["comes with state shared by workers", UPSTREAM, "zone state"],

  ["libgd images are not planned soon", LOCATIONS, "image_filter_buffer image_filter_interlace image_filter_jpeg_quality"],
  ["libgd images are not planned soon", LOCATIONS, "image_filter_sharpen image_filter_transparency image_filter_webp_quality"],
  ["libgd images are not planned soon", LOCATION, "image_filter"],
  ["XSLT is not planned soon", LOCATION, "xslt_stylesheet"],
  ["XSLT is not planned soon", LOCATIONS, "xml_entities xslt_last_modified xslt_param xslt_string_param xslt_types"],
  ["MaxMind databases are not planned soon", HTTP, "geoip_country geoip_city geoip_org geoip_proxy geoip_proxy_recursive"],
  ["Perl is not embedded", HTTP, "perl_modules perl_require perl_set"],
  ["Perl is not embedded", ["location", "limit_except"], "perl"],
  ["njs is not embedded", LOCATIONS, "js_engine js_import js_path js_preload_object js_set js_var js_context_reuse"],
  ["njs is not embedded", LOCATIONS, "js_fetch_buffer_size js_fetch_ciphers js_fetch_max_response_buffer_size js_fetch_protocols"],
  ["njs is not embedded", LOCATIONS, "js_fetch_timeout js_fetch_trusted_certificate js_fetch_verify js_fetch_verify_depth"],
  ["njs is not embedded", ["location", "if in location", "limit_except"], "js_content js_header_filter js_body_filter"],
  ["njs is not embedded", LOCATION, "js_periodic"],
  ["njs is not embedded", HTTP, "js_shared_dict_zone"],
];

/** By name. */
export const unsupportedDirectives: UnsupportedDirectives = new Map<string, UnsupportedDirective>([
  ...ROWS.flatMap(([why, contexts, names]) => names.split(" ").map((name): [string, UnsupportedDirective] => [name, { contexts, why }])),
  ...unsupportedForwardDirectives,
]);

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
const LOCATION: readonly Context[] = ["location"];
const UPSTREAM: readonly Context[] = ["upstream"];

/** Why, where they can stand, their names. */
type Row = readonly [why: string, contexts: readonly Context[], names: string];

const ROWS: readonly Row[] = [
  ["proxying of raw TCP and UDP comes in a later release", MAIN, "stream"],
  ["mail proxying is not planned soon", MAIN, "mail"],
  ["profiling is done with node --prof", MAIN, "google_perftools_profiles"],
  ["comes with HTTP/3", MAIN, "quic_bpf"],

  ["comes with HTTP/3", SERVERS, "http3 http3_hq http3_max_concurrent_streams http3_stream_buffer_size"],
  ["comes with HTTP/3", SERVERS, "quic_active_connection_id_limit quic_gso quic_host_key quic_retry"],

  ["comes with computed variables", HTTP, "num_map"],
  ["not documented by nginx", LOCATIONS, "gzip_window gzip_hash gzip_no_buffer postpone_gzipping"],

  ["match on $http_user_agent with if instead", LOCATIONS, "modern_browser ancient_browser modern_browser_value ancient_browser_value"],
  ["media streaming is not planned soon", LOCATION, "flv mp4"],
  ["media streaming is not planned soon", LOCATIONS, "mp4_buffer_size mp4_max_buffer_size mp4_start_key_frame"],

  ["comes with further balancing methods", UPSTREAM, "least_time"],
  ["comes with sessions bound to a server", UPSTREAM, "sticky"],
  ["comes with state shared by workers", UPSTREAM, "state"],

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

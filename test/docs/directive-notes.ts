/** What pages say of a directive besides its row. A directive without an entry is nginx's. */

export interface DirectiveNote {
  /** How it differs from nginx's, for people who know nginx's. */
  readonly differs?: string;
  /** Where that is told at length, below docs/: page, and its section. */
  readonly see?: readonly string[];
  /** The row only says no: the reason. */
  readonly refused?: string;
  /** The default where it is not nginx's, as a configuration would say it. */
  readonly default?: string;
  /** The version of foregate that brought it, if a later one than the first. */
  readonly since?: string;
}

const PAGE = "differences.md#";
const CONFIG = "differences-config.md#";
const TLS = "differences-config.md#tls-listeners";
const REGEX: DirectiveNote = {
  differs: "patterns that JavaScript cannot express exactly are refused",
  see: [`${CONFIG}regular-expressions`],
};
const PORTABLE_SIZE = "one size on every platform";

export const DIRECTIVE_NOTES: Readonly<Record<string, DirectiveNote>> = {
  env: { differs: "what Node.js and the dynamic linker read is kept besides", see: [`${CONFIG}the-process`] },
  error_log: {
    differs: "`format=json` writes JSON; syslog to unix domain sockets needs `logger`; no `memory:`",
    see: [`${CONFIG}logs`, `${CONFIG}log-destinations`],
  },
  user: { differs: "without it workers stay who the master is", see: [`${CONFIG}the-process`], default: "" },
  worker_rlimit_nofile: { differs: "the limit cannot be raised from inside: a warning says how", see: [`${CONFIG}the-process`] },
  pid: { differs: "the file is named after the program", default: "logs/foregate.pid" },

  alias: { differs: "`..` never leads out of it", see: [`${PAGE}paths-above-the-root`] },
  root: { differs: "`..` never leads out of it", see: [`${PAGE}paths-above-the-root`] },
  client_body_buffer_size: { differs: PORTABLE_SIZE, default: "16k" },
  client_max_body_size: { differs: "lengths past 2^53-1 are answered 413", see: [`${PAGE}length-beyond-counting`] },
  subrequest_output_buffer_size: { differs: PORTABLE_SIZE, default: "4k" },
  large_client_header_buffers: {
    differs: "HTTP/2: one request is answered 400 where nginx ends the connection",
    see: [`${PAGE}large-http2-heads`],
  },
  location: REGEX,
  server_name: REGEX,
  http2: {
    differs: "malformed heads reset their stream; 100 Continue is sent",
    see: [`${PAGE}malformed-http2-heads`, `${PAGE}continue-over-http2`],
  },

  add_header: {
    differs: "line ends in values become spaces; names that no client could read are refused",
    see: [`${PAGE}line-ends-in-added-fields`, `${CONFIG}added-field-names`],
  },
  rewrite: {
    differs: "control characters in a Location are percent-encoded",
    see: [`${PAGE}line-ends-in-redirects`, `${CONFIG}regular-expressions`],
  },
  return: { differs: "control characters in a Location are percent-encoded", see: [`${PAGE}line-ends-in-redirects`] },
  if: REGEX,
  charset: { differs: "a variable that holds nothing leaves the answer as it is", see: [`${PAGE}empty-charsets`, `${PAGE}broken-utf-8`] },
  dav_methods: {
    differs: "destinations outside of an alias, and on the source itself, are refused",
    see: [`${PAGE}dav-destinations`, `${PAGE}put-without-length`],
  },
  slice: { differs: "a wrong range from upstream is answered 502", see: [`${PAGE}wrong-slices`] },
  ssi: { differs: "the start of what is no command is sent", see: [`${PAGE}ends-of-pages`] },
  ssi_value_length: { default: "255" },
  sub_filter: { differs: "compressed answers are left alone", see: [`${PAGE}sub-filter-of-compressed`, `${PAGE}sub-filter-at-the-end`] },
  auth_request: { differs: "subrequests have no content", see: [`${PAGE}content-of-subrequests`] },
  env_var: { see: [`${CONFIG}environment-in-configurations`] },
  zone: { differs: "what it knows goes through reloads", see: [`${CONFIG}upstreams`] },
  brotli: { differs: "under the conditions of gzip", see: [`${PAGE}conditions-of-brotli`] },
  brotli_static: { differs: "under the conditions of gzip", see: [`${PAGE}conditions-of-brotli`] },
  map: { differs: "captures reach only what is evaluated after the map", see: [`${PAGE}captures-changed-by-map`] },
  set_real_ip_from: { differs: "hosts are looked up when first needed", see: [`${CONFIG}names-of-upstreams`] },
  real_ip_header: { differs: "the last line of a repeated field counts", see: [`${PAGE}repeated-real-ip-fields`] },
  auth_basic_user_file: { differs: "a NUL does not end a password", see: [`${PAGE}nul-in-passwords`] },
  access_log: {
    differs: "lines are gathered for one turn of the event loop; `buffer=` implies a flush",
    see: [`${CONFIG}logs`, `${CONFIG}log-destinations`],
  },
  log_format: { differs: "known in the whole http block, above it too", see: [`${CONFIG}formats-in-any-order`] },

  proxy_pass: {
    differs: "names are resolved when first needed; line ends in a target are percent-encoded",
    see: [`${CONFIG}names-of-upstreams`, `${PAGE}line-ends-in-upstream-requests`],
  },
  memcached_pass: { differs: "names are resolved when first needed", see: [`${CONFIG}names-of-upstreams`] },
  uwsgi_pass: { differs: "names are resolved when first needed", see: [`${CONFIG}names-of-upstreams`] },
  "upstream server": { differs: "names are resolved when first needed", see: [`${CONFIG}names-of-upstreams`] },
  proxy_set_header: {
    differs: "upgrades are passed on without it; h2c never is",
    see: [`${PAGE}upgrades-by-default`, `${PAGE}upgrades-to-http2`, `${PAGE}connection-options`],
  },
  proxy_read_timeout: { differs: "upgraded connections have an hour where it is not written", see: [`${CONFIG}upgrade-timeouts`] },
  uwsgi_read_timeout: { differs: "upgraded connections have an hour where it is not written", see: [`${CONFIG}upgrade-timeouts`] },
  uwsgi_param: { differs: "without any, the standard parameters are sent", see: [`${PAGE}default-uwsgi-params`] },

  ssl_certificate_compression: { refused: "Node.js does not compress certificates", see: [TLS] },
  ssl_early_data: { refused: "Node.js does not accept early data", see: [TLS] },
  ssl_ech_file: { refused: "Node.js does not speak Encrypted Client Hello", see: [TLS] },
  ssl_key_log: { refused: "the secrets of clients' connections are not written down", see: [TLS] },
  ssl_ocsp: { refused: "Node.js does not ask for the state of clients' certificates; `ssl_crl` does", see: [TLS] },
  ssl_ocsp_cache: { refused: "means nothing without `ssl_ocsp`", see: [TLS] },
  ssl_ocsp_responder: { refused: "means nothing without `ssl_ocsp`", see: [TLS] },
  ssl_conf_command: { differs: "commands that Node.js has no way to give are refused", see: [TLS] },
  ssl_protocols: { differs: "SSLv2 and SSLv3 are refused; each virtual server has its own", see: [TLS] },
  ssl_session_cache: { differs: "sessions are those of clients up to TLS 1.2", see: [TLS] },
  ssl_session_ticket_key: { differs: "keys of 48 bytes; a ticket is renewed under its own key", see: [TLS] },
  ssl_stapling: { differs: "the responder is asked with POST, for a server's only certificate", see: [TLS] },
  ssl_stapling_verify: { differs: "ends at the issuer, not at a trusted root", see: [TLS] },
  ssl_verify_client: { differs: "sessions are not taken up again: certificates are looked at in every handshake", see: [TLS] },
};

/** Variables of a TLS or multiplexed connection: without a value on plain ones, as in nginx, so that log formats that name them work. */

import type { VariableTable } from "../../variables.ts";

/** nginx.org: ngx_http_ssl_module, ngx_http_v2_module and ngx_http_v3_module, "Embedded Variables". */
const NAMES = [
  "ssl_alpn_protocol",
  "ssl_cipher",
  "ssl_ciphers",
  "ssl_client_cert",
  "ssl_client_escaped_cert",
  "ssl_client_fingerprint",
  "ssl_client_i_dn",
  "ssl_client_i_dn_legacy",
  "ssl_client_raw_cert",
  "ssl_client_s_dn",
  "ssl_client_s_dn_legacy",
  "ssl_client_serial",
  "ssl_client_sigalg",
  "ssl_client_v_end",
  "ssl_client_v_remain",
  "ssl_client_v_start",
  "ssl_client_verify",
  "ssl_curve",
  "ssl_curves",
  "ssl_early_data",
  "ssl_ech_outer_server_name",
  "ssl_ech_status",
  "ssl_protocol",
  "ssl_server_name",
  "ssl_session_id",
  "ssl_session_reused",
  "ssl_sigalg",
  "ssl_sigalgs",
  "http2",
  "http3",
] as const;

export const tlsVariables: VariableTable = Object.fromEntries(NAMES.map((name) => [name, () => ""]));

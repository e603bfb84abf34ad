/** The directives of TLS to upstreams, without their prefix: `proxy_ssl_verify`, `uwsgi_ssl_verify` (nginx: ngx_http_proxy_module, ngx_http_uwsgi_module). */

import { defineDirectives, many, one } from "../../config/define-directives.ts";
import type { SettingsOf } from "../../config/directive.ts";
import { count, flag, listOf, template, text, words } from "../../config/values.ts";
import { readCertificateCache } from "../../net/tls/certificate-cache.ts";

const LOCATIONS = ["http", "server", "location"] as const;

export const tlsRows = defineDirectives({
  ssl_session_reuse: one({ in: LOCATIONS, value: flag(), default: true }),
  /** None given: TLSv1.2 and TLSv1.3. */
  ssl_protocols: many({ in: LOCATIONS, values: words("SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3") }),
  ssl_ciphers: one({ in: LOCATIONS, value: text(), default: "DEFAULT" }),
  ssl_name: one({ in: LOCATIONS, value: template() }),
  ssl_server_name: one({ in: LOCATIONS, value: flag(), default: false }),
  ssl_verify: one({ in: LOCATIONS, value: flag(), default: false }),
  ssl_verify_depth: one({ in: LOCATIONS, value: count(), default: 1 }),
  ssl_trusted_certificate: one({ in: LOCATIONS, value: text() }),
  ssl_crl: one({ in: LOCATIONS, value: text() }),
  ssl_certificate: one({ in: LOCATIONS, value: template() }),
  ssl_certificate_key: one({ in: LOCATIONS, value: template() }),
  ssl_certificate_cache: one({
    in: LOCATIONS,
    parse: readCertificateCache,
    arity: [1, 3],
    syntax: "off | max=N [inactive=time] [valid=time]",
  }),
  ssl_password_file: one({ in: LOCATIONS, value: text() }),
  ssl_conf_command: many({ in: LOCATIONS, args: { name: text(), value: text() } }),
  ssl_key_log: one({ in: LOCATIONS, value: text() }),
  /** nginx has it in stream only. */
  ssl_alpn: one({ in: LOCATIONS, values: listOf(text()) }),
});

export type TlsConf = SettingsOf<typeof tlsRows>;

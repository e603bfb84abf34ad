/** The directives of TLS listeners (nginx: ngx_http_ssl_module). What node:tls cannot do is refused by name. */

import { defineDirectives, many, one } from "../../config/define-directives.ts";
import type { Context, SettingsOf } from "../../config/directive.ts";
import { count, flag, joinWords, oneOf, seconds, size, template, text } from "../../config/values.ts";
import { readCertificateCache } from "../../net/tls/certificate-cache.ts";
import { sslProtocols } from "./ssl-protocols.ts";
import { DEFAULT_SESSION_CACHE, readSessionCache, type SessionCacheSetting } from "./ssl-session-cache.ts";
import { offOnly, refused } from "./unavailable-value.ts";

const SERVERS: readonly Context[] = ["http", "server"];
const FIVE_MINUTES_S = 300;

export const sslDirectives = defineDirectives({
  ssl_certificate: many({ in: SERVERS, value: template(), syntax: "file | data:value" }),
  ssl_certificate_key: many({ in: SERVERS, value: template(), syntax: "file | data:value" }),
  ssl_certificate_cache: one({
    in: SERVERS,
    parse: readCertificateCache,
    arity: [1, 3],
    syntax: "off | max=N [inactive=time] [valid=time]",
  }),
  ssl_certificate_compression: one({ in: SERVERS, value: offOnly("Node.js does not compress certificates") }),
  ssl_password_file: one({ in: SERVERS, value: text() }),
  ssl_protocols: one({ in: SERVERS, values: sslProtocols(), default: ["TLSv1.2", "TLSv1.3"], merge: joinWords }),
  ssl_ciphers: one({ in: SERVERS, value: text(), default: "HIGH:!aNULL:!MD5" }),
  ssl_prefer_server_ciphers: one({ in: SERVERS, value: flag(), default: false }),
  ssl_ecdh_curve: one({ in: SERVERS, value: text(), default: "auto" }),
  ssl_dhparam: one({ in: SERVERS, value: text() }),
  ssl_conf_command: many({ in: SERVERS, args: { name: text(), value: text() } }),
  ssl_buffer_size: one({ in: SERVERS, value: size(), default: 16_384 }),
  ssl_session_cache: one({
    in: SERVERS,
    parse: readSessionCache,
    arity: [1, 2],
    default: DEFAULT_SESSION_CACHE,
    // nginx takes a second one.
    merge: (_earlier: SessionCacheSetting, later: SessionCacheSetting) => later,
    syntax: "off | none | [builtin[:size]] [shared:name:size]",
  }),
  ssl_session_tickets: one({ in: SERVERS, value: flag(), default: true }),
  ssl_session_ticket_key: many({ in: SERVERS, value: text() }),
  ssl_session_timeout: one({ in: SERVERS, value: seconds(), default: FIVE_MINUTES_S }),
  ssl_client_certificate: one({ in: SERVERS, value: text() }),
  ssl_trusted_certificate: one({ in: SERVERS, value: text() }),
  ssl_crl: one({ in: SERVERS, value: text() }),
  ssl_verify_client: one({ in: SERVERS, value: oneOf("off", "on", "optional", "optional_no_ca"), default: "off" }),
  ssl_verify_depth: one({ in: SERVERS, value: count(), default: 1 }),
  ssl_reject_handshake: one({ in: SERVERS, value: flag(), default: false }),
  ssl_stapling: one({ in: SERVERS, value: flag(), default: false }),
  ssl_stapling_file: one({ in: SERVERS, value: text() }),
  ssl_stapling_responder: one({ in: SERVERS, value: text() }),
  ssl_stapling_verify: one({ in: SERVERS, value: flag(), default: false }),
  ssl_early_data: one({ in: SERVERS, value: offOnly("Node.js does not accept early data") }),
  ssl_ocsp: one({ in: SERVERS, value: offOnly("Node.js does not ask for the state of clients' certificates; ssl_crl does") }),
  ssl_ocsp_cache: one({ in: SERVERS, value: text() }),
  ssl_ocsp_responder: one({ in: SERVERS, value: text() }),
  ssl_ech_file: one({ in: SERVERS, value: refused("Node.js does not speak Encrypted Client Hello") }),
  ssl_key_log: one({ in: SERVERS, value: refused("the secrets of clients' connections are not written down") }),
});

export type SslConf = SettingsOf<typeof sslDirectives>;

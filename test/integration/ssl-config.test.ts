/** What `-t` says of `ssl_*` directives: nginx's words for what cannot be, the names of what node:tls cannot do, and nothing for what people use. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { runForegate } from "./run-program.ts";

const certificates = temporaryCertificates();
const { dir, server, serverEcdsa, encrypted, ca, passwordFile } = certificates;

// RFC 7919, ffdhe2048: what certbot and Mozilla hand out.
const DHPARAM = `-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
`;

const CERTBOT_OPTIONS = `
ssl_session_cache shared:le_nginx_SSL:10m;
ssl_session_timeout 1440m;
ssl_session_tickets off;

ssl_protocols TLSv1.2 TLSv1.3;
ssl_prefer_server_ciphers off;

ssl_ciphers "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";
`;

const MOZILLA_INTERMEDIATE = `
server {
    listen 80 default_server;
    listen [::]:80 default_server;
    location / {
        return 301 https://$host$request_uri;
    }
}

server {
    listen 443 ssl;
    listen [::]:443 ssl;
    http2 on;

    ssl_certificate ${server.certificate};
    ssl_certificate_key ${server.key};

    # HSTS (ngx_http_headers_module is required) (63072000 seconds)
    add_header Strict-Transport-Security "max-age=63072000" always;
}

# intermediate configuration
ssl_protocols TLSv1.2 TLSv1.3;
ssl_ecdh_curve X25519:prime256v1:secp384r1;
ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305;
ssl_prefer_server_ciphers off;

# see also ssl_session_ticket_key alternative to stateful session cache
ssl_session_timeout 1d;
ssl_session_cache shared:MozSSL:10m;  # about 40000 sessions

# curl https://ssl-config.mozilla.org/ffdhe2048.txt > /path/to/dhparam
ssl_dhparam "dhparam.pem";

# OCSP stapling
ssl_stapling on;
ssl_stapling_verify on;

# verify chain of trust of OCSP response using Root CA and Intermediate certs
ssl_trusted_certificate ${ca.certificate};
`;

mkdirSync(join(dir, "logs"));
writeFileSync(join(dir, "dhparam.pem"), DHPARAM);
writeFileSync(join(dir, "options-ssl-nginx.conf"), CERTBOT_OPTIONS);
writeFileSync(join(dir, "bad.key48"), Buffer.alloc(47));
writeFileSync(join(dir, "aes256.key"), Buffer.alloc(80));
writeFileSync(join(dir, "empty.pem"), "nothing\n");

function check(http: string): { readonly code: number | null; readonly text: string } {
  writeFileSync(join(dir, "test.conf"), `events {}\nhttp {\n${http}\n}\n`);
  const { code, stderr } = runForegate(["-t", "-p", dir, "-c", join(dir, "test.conf"), "-e", "stderr"], dir);
  return { code, text: stderr };
}

const PAIR = `ssl_certificate ${server.certificate}; ssl_certificate_key ${server.key};`;
const listening = (directives: string): string => `server { listen 127.0.0.1:1443 ssl; ${directives} }`;

test.each<readonly [name: string, http: string, message: string]>([
  ["no certificate", listening(""), 'no "ssl_certificate" is defined for the "listen ... ssl" directive in '],
  [
    "no certificate beside a server that rejects handshakes",
    `${listening("ssl_reject_handshake on;")} ${listening("server_name a;")}`,
    'no "ssl_certificate" is defined for the "listen ... ssl" directive in ',
  ],
  [
    "no key",
    listening(`ssl_certificate ${server.certificate};`),
    `no "ssl_certificate_key" is defined for certificate "${server.certificate}"`,
  ],
  [
    "a certificate that is not there",
    listening(`ssl_certificate nowhere.pem; ssl_certificate_key ${server.key};`),
    `cannot load certificate "${dir}/nowhere.pem": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(${dir}/nowhere.pem, r) error:10000080:BIO routines::no such file)`,
  ],
  [
    "a certificate that is none",
    listening(`ssl_certificate empty.pem; ssl_certificate_key ${server.key};`),
    `cannot load certificate "${dir}/empty.pem": PEM_read_bio_X509_AUX() failed (SSL: error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE)`,
  ],
  [
    "another certificate's key",
    listening(`ssl_certificate ${server.certificate}; ssl_certificate_key ${serverEcdsa.key};`),
    `SSL_CTX_use_PrivateKey("${serverEcdsa.key}") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)`,
  ],
  [
    "a key behind a password",
    listening(`ssl_certificate ${encrypted.certificate}; ssl_certificate_key ${encrypted.key};`),
    `cannot load certificate key "${encrypted.key}": PEM_read_bio_PrivateKey() failed`,
  ],
  [
    "a key in an engine",
    listening(`ssl_certificate ${server.certificate}; ssl_certificate_key engine:pkcs11:id;`),
    '"engine:" is not supported',
  ],
  [
    "no such cipher",
    listening(`${PAIR} ssl_ciphers NOPE;`),
    'SSL_CTX_set_cipher_list("NOPE") failed (SSL: error:0A0000B9:SSL routines::no cipher match)',
  ],
  ["no such curve", listening(`${PAIR} ssl_ecdh_curve nope;`), 'SSL_CTX_set1_curves_list("nope") failed'],
  ["no dhparam file", listening(`${PAIR} ssl_dhparam nope.pem;`), `BIO_new_file("${dir}/nope.pem") failed`],
  ["broken dhparam", listening(`${PAIR} ssl_dhparam empty.pem;`), `PEM_read_bio_DHparams("${dir}/empty.pem") failed`],
  ["SSLv3", listening(`${PAIR} ssl_protocols SSLv3 TLSv1.2;`), '"SSLv3" is not supported'],
  ["an unknown protocol", listening(`${PAIR} ssl_protocols TLSv2;`), 'invalid value "TLSv2"'],
  ["early data", listening(`${PAIR} ssl_early_data on;`), '"ssl_early_data on" is not supported'],
  ["OCSP of clients", listening(`${PAIR} ssl_ocsp leaf;`), '"ssl_ocsp leaf" is not supported'],
  ["encrypted hellos", listening(`${PAIR} ssl_ech_file a.pem;`), '"ssl_ech_file" is not supported'],
  ["an unknown command", listening(`${PAIR} ssl_conf_command Nope x;`), 'SSL_CONF_cmd("Nope", "x") failed'],
  [
    "a command's bad value",
    listening(`${PAIR} ssl_conf_command Ciphersuites TLS_NOPE;`),
    'SSL_CONF_cmd("Ciphersuites", "TLS_NOPE") failed',
  ],
  [
    "verification without an authority",
    listening(`${PAIR} ssl_verify_client on;`),
    "no ssl_client_certificate or ssl_trusted_certificate for ssl_verify_client",
  ],
  ["no such authority", listening(`${PAIR} ssl_client_certificate nope.pem;`), `SSL_CTX_load_verify_locations("${dir}/nope.pem") failed`],
  ["a cache of no kind", listening(`${PAIR} ssl_session_cache memory;`), 'invalid session cache "memory"'],
  ["a cache that is too small", listening(`${PAIR} ssl_session_cache shared:a:1k;`), 'session cache "shared:a:1k" is too small'],
  ["a ticket key of the wrong size", listening(`${PAIR} ssl_session_ticket_key bad.key48;`), `"${dir}/bad.key48" must be 48 or 80 bytes`],
  ["a ticket key that Node cannot use", listening(`${PAIR} ssl_session_ticket_key aes256.key;`), "is a key for AES-256"],
])("refuses %s", (_name, http, message) => {
  const { code, text } = check(http);
  expect(text).toContain(`[emerg] ${message}`.replace("[emerg] is a key", "is a key").replace('[emerg] "engine:"', '"engine:"'));
  expect(code).toBe(1);
});

test("tells of one mistake once, however many servers inherit it", () => {
  const { text } = check(`ssl_ciphers NOPE; ${PAIR} ${[1, 2, 3].map((port) => `server { listen 127.0.0.1:${port} ssl; }`).join("\n")}`);
  expect(text.match(/\[emerg\]/g)?.length).toBe(1);
});

test.each<readonly [name: string, http: string]>([
  [
    "a key behind a listed password",
    listening(`ssl_certificate ${encrypted.certificate}; ssl_certificate_key ${encrypted.key}; ssl_password_file ${passwordFile};`),
  ],
  ["a server without a certificate beside one that has", `${listening(PAIR)} ${listening("server_name a;")}`],
  ["only rejected handshakes", listening("ssl_reject_handshake on;")],
  ["certificates by variables", listening("ssl_certificate $ssl_server_name.crt; ssl_certificate_key data:$arg_key;")],
  ["old versions of TLS", listening(`${PAIR} ssl_protocols TLSv1 TLSv1.1; ssl_ciphers DEFAULT@SECLEVEL=0;`)],
  [
    "OpenSSL's own commands",
    listening(
      `${PAIR} ssl_conf_command Options PrioritizeChaCha; ssl_conf_command Ciphersuites TLS_CHACHA20_POLY1305_SHA256; ssl_conf_command MinProtocol TLSv1.3;`,
    ),
  ],
  [
    "what is off",
    listening(`${PAIR} ssl_early_data off; ssl_ocsp off; ssl_certificate_compression off; ssl_stapling off; ssl_certificate_cache off;`),
  ],
  [
    "certbot's options",
    listening(
      `ssl_certificate ${server.certificate}; # managed by Certbot\n ssl_certificate_key ${server.key}; include ${dir}/options-ssl-nginx.conf; ssl_dhparam ${dir}/dhparam.pem;`,
    ),
  ],
])("takes %s", (_name, http) => {
  const { code, text } = check(http);
  expect([code, text.includes("[warn]")], text).toEqual([0, false]);
});

test("takes Mozilla's intermediate configuration, and says that there is nothing to staple", () => {
  const { code, text } = check(MOZILLA_INTERMEDIATE);
  expect(code, text).toBe(0);
  expect(text).toContain('[warn] "ssl_stapling" ignored, no OCSP responder URL in the certificate');
});

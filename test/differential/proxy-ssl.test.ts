/** proxy_ssl_*: which peers are believed, what they are shown, and what becomes of the request. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type CertificatePair, createCertificates } from "../harness/certificates.ts";
import { startEagerServer, startTlsOrigin, type TlsOrigin, type TlsOriginOptions } from "../harness/tls-origin.ts";
import { get } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const dir = mkdtempSync(join(tmpdir(), "foregate-proxy-ssl-"));
const certificates = createCertificates(dir);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const pem = (path: string): string => readFileSync(path, "latin1");
const files = {
  "tls/ca.pem": pem(certificates.ca.certificate),
  "tls/other-ca.pem": pem(certificates.otherCa.certificate),
  "tls/both-ca.pem": pem(certificates.otherCa.certificate) + pem(certificates.ca.certificate),
  "tls/self-signed.pem": pem(certificates.selfSigned.certificate),
  "tls/crl.pem": pem(certificates.crl),
  "tls/client.pem": pem(certificates.client.certificate),
  "tls/client.key": pem(certificates.client.key),
  "tls/client-other.pem": pem(certificates.otherName.certificate),
  "tls/client-other.key": pem(certificates.otherName.key),
  "tls/encrypted.pem": pem(certificates.encrypted.certificate),
  "tls/encrypted.key": pem(certificates.encrypted.key),
  "tls/passwords": pem(certificates.passwordFile),
};

/** Certificate and options of each origin; the names are those of the placeholders. */
const ORIGINS: Readonly<Record<string, readonly [CertificatePair, TlsOriginOptions]>> = {
  GOOD: [certificates.server, {}],
  ALONE: [certificates.server, {}],
  ECDSA: [certificates.serverEcdsa, {}],
  OTHER_NAME: [certificates.otherName, {}],
  COMMON_NAME: [certificates.commonNameOnly, {}],
  CHAINED: [certificates.chained, {}],
  EXPIRED: [certificates.expired, {}],
  SELF_SIGNED: [certificates.selfSigned, {}],
  REVOKED: [certificates.revoked, {}],
  TLS12: [certificates.server, { maxVersion: "TLSv1.2" }],
  TLS13: [certificates.server, { minVersion: "TLSv1.3" }],
  ASKS: [certificates.server, { requestCert: true, rejectUnauthorized: false, ca: pem(certificates.ca.certificate) }],
  DEMANDS: [
    certificates.server,
    { requestCert: true, rejectUnauthorized: true, ca: pem(certificates.ca.certificate), maxVersion: "TLSv1.2" },
  ],
};

async function origins() {
  const started: { stop(): Promise<void> }[] = [];
  const values: Record<string, number> = {};
  for (const [name, [pair, options]] of Object.entries(ORIGINS)) {
    const origin: TlsOrigin = await startTlsOrigin(pair, options);
    started.push(origin);
    values[name] = origin.port;
  }
  const eager = await startEagerServer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake");
  started.push(eager);
  values["EAGER"] = eager.port;
  return { values, stop: async () => void (await Promise.all(started.map((origin) => origin.stop()))) };
}

const VERIFY = "proxy_ssl_verify on; proxy_ssl_trusted_certificate tls/ca.pem;";

/** Path, port and directives of each location; the name in verification is example.com unless a row says otherwise. */
const CASES: readonly (readonly [path: string, origin: string, directives: string])[] = [
  ["plain-defaults", "GOOD", ""],
  ["no-verify-self-signed", "SELF_SIGNED", ""],
  ["no-verify-expired", "EXPIRED", ""],
  ["verify", "GOOD", `${VERIFY} proxy_ssl_name example.com;`],
  ["verify-ecdsa", "ECDSA", `${VERIFY} proxy_ssl_name example.com;`],
  ["verify-name-in-capitals", "GOOD", `${VERIFY} proxy_ssl_name EXAMPLE.com;`],
  ["verify-wildcard", "GOOD", `${VERIFY} proxy_ssl_name www.example.org;`],
  ["verify-wildcard-two-labels", "GOOD", `${VERIFY} proxy_ssl_name a.b.example.org;`],
  ["verify-wildcard-itself", "GOOD", `${VERIFY} proxy_ssl_name example.org;`],
  ["verify-subdomain", "GOOD", `${VERIFY} proxy_ssl_name sub.example.com;`],
  ["verify-trailing-dot", "GOOD", `${VERIFY} proxy_ssl_name example.com.;`],
  ["verify-leading-dot", "GOOD", `${VERIFY} proxy_ssl_name .example.com;`],
  ["verify-name-with-port", "GOOD", `${VERIFY} proxy_ssl_name example.com:8443;`],
  ["verify-empty-name", "GOOD", `${VERIFY} proxy_ssl_name "";`],
  ["verify-other-name", "OTHER_NAME", `${VERIFY} proxy_ssl_name example.com;`],
  ["verify-common-name", "COMMON_NAME", `${VERIFY} proxy_ssl_name common-name.test;`],
  ["verify-common-name-wrong", "COMMON_NAME", `${VERIFY} proxy_ssl_name example.com;`],
  ["verify-common-name-not-used", "GOOD", `${VERIFY} proxy_ssl_name common-name.test;`],
  ["verify-chain", "CHAINED", `${VERIFY} proxy_ssl_name example.com;`],
  ["verify-chain-depth-0", "CHAINED", `${VERIFY} proxy_ssl_verify_depth 0; proxy_ssl_name example.com;`],
  ["verify-depth-0", "GOOD", `${VERIFY} proxy_ssl_verify_depth 0; proxy_ssl_name example.com;`],
  ["verify-chain-depth-2", "CHAINED", `${VERIFY} proxy_ssl_verify_depth 2; proxy_ssl_name example.com;`],
  ["verify-expired", "EXPIRED", `${VERIFY} proxy_ssl_name example.com;`],
  ["verify-self-signed", "SELF_SIGNED", `${VERIFY} proxy_ssl_name example.com;`],
  [
    "verify-trusted-self-signed",
    "SELF_SIGNED",
    "proxy_ssl_verify on; proxy_ssl_trusted_certificate tls/self-signed.pem; proxy_ssl_name example.com;",
  ],
  ["verify-other-authority", "GOOD", "proxy_ssl_verify on; proxy_ssl_trusted_certificate tls/other-ca.pem; proxy_ssl_name example.com;"],
  ["verify-two-authorities", "GOOD", "proxy_ssl_verify on; proxy_ssl_trusted_certificate tls/both-ca.pem; proxy_ssl_name example.com;"],
  ["verify-revoked-without-crl", "REVOKED", `${VERIFY} proxy_ssl_name example.com;`],
  ["verify-revoked", "REVOKED", `${VERIFY} proxy_ssl_crl tls/crl.pem; proxy_ssl_name example.com;`],
  ["verify-not-revoked", "GOOD", `${VERIFY} proxy_ssl_crl tls/crl.pem; proxy_ssl_name example.com;`],
  ["verify-chain-crl", "CHAINED", `${VERIFY} proxy_ssl_crl tls/crl.pem; proxy_ssl_name example.com;`],
  ["sni-off", "GOOD", "proxy_ssl_name example.com;"],
  ["sni", "GOOD", "proxy_ssl_server_name on; proxy_ssl_name example.com;"],
  ["sni-port", "GOOD", "proxy_ssl_server_name on; proxy_ssl_name example.com:443;"],
  ["sni-variable", "GOOD", "proxy_ssl_server_name on; proxy_ssl_name $arg_name;"],
  ["sni-host", "GOOD", "proxy_ssl_server_name on; proxy_ssl_name $host;"],
  ["sni-proxy-host", "GOOD", "proxy_ssl_server_name on; proxy_ssl_name $proxy_host;"],
  ["sni-default-is-address", "GOOD", "proxy_ssl_server_name on;"],
  ["sni-address-6", "GOOD", "proxy_ssl_server_name on; proxy_ssl_name [::1]:443;"],
  ["sni-empty", "GOOD", 'proxy_ssl_server_name on; proxy_ssl_name "";'],
  ["protocols-12", "GOOD", "proxy_ssl_protocols TLSv1.2;"],
  ["protocols-13", "GOOD", "proxy_ssl_protocols TLSv1.3;"],
  ["protocols-12-against-13", "TLS13", "proxy_ssl_protocols TLSv1.2;"],
  ["protocols-13-against-12", "TLS12", "proxy_ssl_protocols TLSv1.3;"],
  ["protocols-old", "GOOD", "proxy_ssl_protocols TLSv1 TLSv1.1;"],
  ["protocols-old-and-new", "TLS12", "proxy_ssl_protocols TLSv1.1 TLSv1.3;"],
  ["protocols-none-exist", "GOOD", "proxy_ssl_protocols SSLv3;"],
  ["ciphers", "TLS12", "proxy_ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384;"],
  ["ciphers-none-in-common", "TLS12", "proxy_ssl_ciphers ECDHE-ECDSA-AES256-GCM-SHA384;"],
  ["ciphers-leave-13-alone", "TLS13", "proxy_ssl_ciphers ECDHE-ECDSA-AES256-GCM-SHA384;"],
  ["command-max-protocol", "GOOD", "proxy_ssl_conf_command MaxProtocol TLSv1.2;"],
  ["command-min-protocol", "TLS12", "proxy_ssl_conf_command MinProtocol TLSv1.3;"],
  ["command-ciphersuites", "TLS13", "proxy_ssl_conf_command Ciphersuites TLS_CHACHA20_POLY1305_SHA256;"],
  ["command-groups", "GOOD", "proxy_ssl_conf_command Groups P-256;"],
  ["command-options", "TLS12", "proxy_ssl_conf_command Options -SessionTicket,UnsafeLegacyServerConnect;"],
  ["command-signatures", "TLS12", "proxy_ssl_conf_command SignatureAlgorithms RSA-PSS+SHA256;"],
  ["client", "ASKS", "proxy_ssl_certificate tls/client.pem; proxy_ssl_certificate_key tls/client.key;"],
  ["client-none", "ASKS", ""],
  [
    "client-variable",
    "ASKS",
    "proxy_ssl_certificate $document_root/../tls/$arg_who.pem; proxy_ssl_certificate_key $document_root/../tls/$arg_who.key;",
  ],
  ["client-variable-empty", "ASKS", "proxy_ssl_certificate $arg_none; proxy_ssl_certificate_key $arg_none;"],
  [
    "client-encrypted",
    "ASKS",
    "proxy_ssl_certificate tls/encrypted.pem; proxy_ssl_certificate_key tls/encrypted.key; proxy_ssl_password_file tls/passwords;",
  ],
  ["client-demanded", "DEMANDS", "proxy_ssl_certificate tls/client.pem; proxy_ssl_certificate_key tls/client.key;"],
  ["client-demanded-and-missing", "DEMANDS", ""],
  ["session-reuse", "ALONE", `${VERIFY} proxy_ssl_name example.com; proxy_ssl_session_reuse on;`],
  ["speaks-first", "EAGER", ""],
  ["speaks-first-verified", "EAGER", `${VERIFY} proxy_ssl_name example.com;`],
];

const locations = CASES.map(
  ([path, origin, directives]) => `location /${path} { ${directives} proxy_pass https://127.0.0.1:%%${origin}%%; }`,
);

const conf = `
http {
  upstream group.example.org { server 127.0.0.1:%%GOOD%%; }
  upstream mixed { server 127.0.0.1:%%EXPIRED%% max_fails=0; server 127.0.0.1:%%GOOD%% max_fails=0; }
  upstream plain-group { server 127.0.0.1:%%EAGER%%; }
  server {
    listen 127.0.0.1:%%PORT%%;
    proxy_ssl_protocols TLSv1.2 TLSv1.3;
    # nginx offers one location's session, and with it the verdict on a certificate, in another.
    proxy_ssl_session_reuse off;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    root %%DIR%%/html;
    ${locations.join("\n    ")}
    location /group { proxy_ssl_server_name on; ${VERIFY} proxy_pass https://group.example.org; }
    location /next-peer { ${VERIFY} proxy_ssl_name example.com; proxy_pass https://mixed; }
    location /evaluated { set $to https://127.0.0.1:%%GOOD%%; proxy_ssl_server_name on; proxy_ssl_name example.com; proxy_pass $to; }
    location /evaluated-group { set $to group.example.org; proxy_ssl_server_name on; ${VERIFY} proxy_pass https://$to; }
    location /evaluated-plain { set $to http; proxy_ssl_verify on; proxy_ssl_trusted_certificate tls/ca.pem; proxy_pass $to://127.0.0.1:%%EAGER%%; }
    location /inherited { proxy_pass https://127.0.0.1:%%GOOD%%; }
    location /unused-files { proxy_ssl_verify on; proxy_ssl_trusted_certificate tls/missing.pem; proxy_pass http://plain-group; }
    location /plain-to-tls { proxy_pass http://127.0.0.1:%%GOOD%%; }
  }
}`;

/** A Node server that finds what came in the clear says so in an answer of its own. */
const rows: readonly Row[] = [
  ...CASES.map(([path]) => ({ name: `/${path}`, request: get(`/${path}?name=variable.example.org&who=client`) })),
  { name: "another certificate by a variable", request: get("/client-variable?who=client-other") },
  { name: "a certificate that does not exist", request: get("/client-variable?who=missing") },
  { name: "a name of a variable that is empty", request: get("/sni-variable") },
  { name: "a group's name is its name", request: get("/group") },
  { name: "the next peer takes over from one that is not believed", request: get("/next-peer") },
  { name: "an address of variables", request: get("/evaluated") },
  { name: "a group of variables", request: get("/evaluated-group") },
  { name: "a plain address of variables", request: get("/evaluated-plain") },
  { name: "inherited settings", request: get("/inherited") },
  { name: "files are not read where TLS is not used", request: get("/unused-files") },
];

compareRows({
  name: "proxy_ssl_*",
  conf,
  files: { ...files, "html/": "" },
  origins,
  rows,
  claims: [/SSL_do_handshake|no protocols available/],
});

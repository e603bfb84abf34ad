/** What is wrong with proxy_ssl_* at load is said in the words of the real nginx. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Certificates, createCertificates } from "../harness/certificates.ts";
import { requireOracle } from "../harness/oracle.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { runForegate, runNginx } from "./run-program.ts";

let dir = "";
let certificates: Certificates;
beforeAll(() => {
  dir = createPrefix({ "logs/": "", "garbage.pem": "garbage\n", "wrong-password": "wrong\n", "a-directory/": "" });
  certificates = createCertificates(join(dir, "tls"));
});
afterAll(() => removePrefix(dir));

const CERTIFICATE = "proxy_ssl_certificate tls/server.pem;";
const VERIFY = "proxy_ssl_verify on; proxy_ssl_trusted_certificate tls/ca.pem;";

function messageOf(run: typeof runNginx, directives: string, pass: string): { code: number | null; message: string } {
  const text = `events {} http { access_log off; server { listen 127.0.0.1:1; location / { ${directives}\n ${pass}; } } }`;
  writeFileSync(join(dir, "t.conf"), text);
  const { code, stderr } = run(["-t", "-p", dir, "-e", "logs/e.log", "-c", "t.conf"], dir);
  const [message = ""] = /\[emerg\] .*/.exec(stderr) ?? [];
  // nginx names no place for what it finds out after the directive; we do.
  return { code, message: message.replace(/ in \S+t\.conf:\d+$/, "") };
}

const PASS = "proxy_pass https://127.0.0.1:1";

requireOracle("nginx")("proxy_ssl_* at load", () => {
  test.each([
    "proxy_ssl_certificate /missing.pem; proxy_ssl_certificate_key tls/server.key;",
    "proxy_ssl_certificate tls/missing.pem; proxy_ssl_certificate_key tls/server.key;",
    `${CERTIFICATE} proxy_ssl_certificate_key tls/missing.key;`,
    CERTIFICATE,
    "proxy_ssl_certificate_key tls/server.key;",
    "proxy_ssl_certificate garbage.pem; proxy_ssl_certificate_key tls/server.key;",
    "proxy_ssl_certificate data:garbage; proxy_ssl_certificate_key tls/server.key;",
    `${CERTIFICATE} proxy_ssl_certificate_key tls/encrypted.key; proxy_ssl_password_file tls/passwords;`,
    `${CERTIFICATE} proxy_ssl_certificate_key tls/encrypted.key; proxy_ssl_password_file missing;`,
    "proxy_ssl_certificate tls/server-ecdsa.pem; proxy_ssl_certificate_key tls/client.key;",
    "proxy_ssl_verify on;",
    "proxy_ssl_verify on; proxy_ssl_trusted_certificate missing.pem;",
    "proxy_ssl_verify on; proxy_ssl_trusted_certificate garbage.pem;",
    "proxy_ssl_verify off; proxy_ssl_trusted_certificate missing.pem; proxy_ssl_crl missing.pem;",
    `${VERIFY} proxy_ssl_crl missing.pem;`,
    `${VERIFY} proxy_ssl_crl garbage.pem;`,
    `${VERIFY} proxy_ssl_crl tls/crl.pem;`,
    `${VERIFY} proxy_ssl_verify_depth 0;`,
    "proxy_ssl_verify_depth -1;",
    "proxy_ssl_ciphers NOPE;",
    "proxy_ssl_ciphers HIGH:!aNULL:!MD5;",
    "proxy_ssl_protocols TLSv9;",
    "proxy_ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;",
    "proxy_ssl_server_name maybe;",
    "proxy_ssl_conf_command Options Nope;",
    "proxy_ssl_conf_command MinProtocol nope;",
    "proxy_ssl_conf_command MinProtocol TLSv1.2;",
    "proxy_ssl_conf_command one;",
    "proxy_ssl_name $nope;",
    "proxy_ssl_certificate $nope; proxy_ssl_certificate_key x;",
  ])("%s", (directives) => {
    expect(messageOf(runForegate, directives, PASS)).toEqual(messageOf(runNginx, directives, PASS));
  });

  test.each([
    ["proxy_ssl_certificate missing.pem; proxy_ssl_certificate_key missing.key;", "proxy_pass http://127.0.0.1:1"],
    ["proxy_ssl_verify on;", "return 200"],
    ["uwsgi_ssl_verify on;", "uwsgi_pass 127.0.0.1:1"],
  ])("%s is not looked at beside %s", (directives, pass) => {
    const theirs = messageOf(runNginx, directives, pass);
    expect(theirs).toEqual({ code: 0, message: "" });
    expect(messageOf(runForegate, directives, pass)).toEqual(theirs);
  });

  test.each([
    ["uwsgi_ssl_verify on;", "uwsgi_pass suwsgi://127.0.0.1:1"],
    ["uwsgi_ssl_certificate tls/missing.pem; uwsgi_ssl_certificate_key tls/server.key;", "uwsgi_pass suwsgi://127.0.0.1:1"],
    ["uwsgi_ssl_certificate tls/server.pem;", "uwsgi_pass suwsgi://127.0.0.1:1"],
    ["", "uwsgi_pass suwsgi://127.0.0.1"],
    ["", "proxy_pass ftp://127.0.0.1"],
    ["", "proxy_pass https://"],
    ["", "proxy_pass https://unix:"],
    ["", "proxy_pass https://127.0.0.1:99999"],
  ])("%s %s", (directives, pass) => {
    expect(messageOf(runForegate, directives, pass)).toEqual(messageOf(runNginx, directives, pass));
  });
});

describe("what Node has no way to do is refused by name", () => {
  test.each([
    ["proxy_ssl_conf_command Nope x;", /SSL_CONF_cmd\("Nope", "x"\) failed/],
    ["proxy_ssl_conf_command VerifyMode Peer;", /SSL_CONF_cmd\("VerifyMode", "Peer"\) failed/],
    ["proxy_ssl_conf_command Ciphersuites nope;", /SSL_CONF_cmd\("Ciphersuites", "nope"\) failed \(SSL: error:0A0000B9/],
    ["proxy_ssl_conf_command Groups nope;", /SSL_CONF_cmd\("Groups", "nope"\) failed/],
    [`${CERTIFICATE} proxy_ssl_certificate_key engine:pkcs11:token;`, /cannot load certificate key "engine:pkcs11:token"/],
    [
      `${CERTIFICATE} proxy_ssl_certificate_key garbage.pem;`,
      /cannot load certificate key ".*garbage\.pem": PEM_read_bio_PrivateKey\(\) failed \(SSL: /,
    ],
    [
      `${CERTIFICATE} proxy_ssl_certificate_key tls/encrypted.key;`,
      /cannot load certificate key ".*encrypted\.key": PEM_read_bio_PrivateKey\(\) failed/,
    ],
    [
      `${CERTIFICATE} proxy_ssl_certificate_key tls/encrypted.key; proxy_ssl_password_file wrong-password;`,
      /encrypted\.key": PEM_read_bio_PrivateKey\(\) failed \(SSL: error:1C800064/,
    ],
    [`proxy_ssl_certificate a-directory; proxy_ssl_certificate_key tls/server.key;`, /cannot load certificate ".*a-directory"/],
    ["proxy_ssl_certificate_cache max=0;", /invalid parameter "max=0"/],
    ["proxy_ssl_certificate_cache inactive=1s;", /"proxy_ssl_certificate_cache" must have the "max" parameter/],
    ["proxy_ssl_key_log no-directory/keys;", /open\(\) ".*no-directory\/keys" failed \(2: No such file or directory\)/],
  ])("%s", (directives, message) => {
    expect(certificates.server.certificate).toContain("server.pem");
    const said = messageOf(runForegate, directives, PASS);
    expect(said.message).toMatch(message);
    expect(said.code).toBe(1);
  });
});

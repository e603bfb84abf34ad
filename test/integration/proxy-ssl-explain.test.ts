/** `foregate explain` of requests that go on over TLS. */

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCertificates } from "../harness/certificates.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { runForegate } from "./run-program.ts";

const conf = `events {}
http {
    server {
        listen 127.0.0.1:8080;
        proxy_ssl_ciphers HIGH;
        location / {
            proxy_ssl_server_name on;
            proxy_ssl_name $arg_name;
            proxy_ssl_verify on;
            proxy_ssl_trusted_certificate tls/ca.pem;
            proxy_ssl_crl tls/crl.pem;
            proxy_pass https://127.0.0.1:1;
        }
        location /any { proxy_ssl_certificate tls/client.pem; proxy_ssl_certificate_key tls/client.key; proxy_pass https://127.0.0.1:1; }
        location /missing { proxy_ssl_certificate $arg_name.pem; proxy_ssl_certificate_key $arg_name.key; proxy_pass https://127.0.0.1:1; }
        location /plain { proxy_pass http://127.0.0.1:1; }
        location /uwsgi { uwsgi_param A b; uwsgi_pass suwsgi://127.0.0.1:1; }
    }
}`;

let dir = "";
beforeAll(() => {
  dir = createPrefix({ "logs/": "", "site.conf": conf });
  createCertificates(join(dir, "tls"));
});
afterAll(() => removePrefix(dir));

function explain(path: string): string {
  const { code, stdout, stderr } = runForegate(["explain", "-p", dir, "-c", "site.conf", `http://127.0.0.1:8080${path}`], dir);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout;
}

test("names, verification and the settings in force are shown", () => {
  const text = explain("/?name=www.example.org:443");
  expect(text).toMatch(/^tls +asks for "www\.example\.org", takes a certificate for "www\.example\.org" that is not revoked$/m);
  expect(text).toMatch(/^upstream https:\/\/127\.0\.0\.1:1$/m);
  for (const setting of ["proxy_ssl_ciphers HIGH", "proxy_ssl_crl tls/crl.pem", "proxy_ssl_verify on"]) expect(text).toContain(setting);
});

test("a peer that is not verified is said to be so", () => {
  expect(explain("/any")).toMatch(/^tls +asks for no name, takes any certificate: it is not verified, shows one of its own$/m);
});

test("a certificate that cannot be had is a request that is not sent", () => {
  expect(explain("/missing?name=nobody")).toContain("no connection can be made, and the answer is 500");
});

test("settings of TLS are left out where it is not used", () => {
  for (const path of ["/plain", "/uwsgi"]) expect(explain(path)).not.toContain("proxy_ssl_ciphers");
  expect(explain("/plain")).not.toMatch(/^tls/m);
  expect(explain("/uwsgi")).toMatch(/^upstream suwsgi:\/\/127\.0\.0\.1:1$/m);
});

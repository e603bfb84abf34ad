/** `foregate explain https://…`: whose certificate, whose location, and what a client without TLS is told. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { runForegate } from "./run-program.ts";

const certificates = temporaryCertificates();

writeFileSync(
  join(certificates.dir, "site.conf"),
  `events {}
http {
  ssl_certificate ${certificates.server.certificate};
  ssl_certificate_key ${certificates.server.key};
  server { listen 80; server_name example.com; return 301 https://$host$request_uri; }
  server { listen 443 ssl; server_name example.com; location / { return 200 "$scheme $ssl_server_name"; } }
  server {
    listen 443 ssl; server_name verified.example.com;
    ssl_verify_client on; ssl_client_certificate ${certificates.ca.certificate};
    location / { return 200 in; }
  }
  server { listen 443 ssl; server_name no.example.com; ssl_reject_handshake on; }
}
`,
);

function explain(url: string): string {
  const { stdout, stderr } = runForegate(["explain", "-c", "site.conf", url], certificates.dir);
  return stdout + stderr;
}

test("an https:// URL is asked on port 443, with the name's certificate", () => {
  const text = explain("https://example.com/x");
  expect(text).toMatch(/listen .*0\.0\.0\.0:443/);
  expect(text).toMatch(/tls\s+.*example\.com.*certificate of the address's default server/);
  expect(text).toContain("https example.com");
});

test("a server that verifies clients refuses one without a certificate", () => {
  expect(explain("https://verified.example.com/")).toContain("client sent no required SSL certificate");
});

test("a rejected handshake is told of", () => {
  expect(explain("https://no.example.com/")).toContain("the TLS handshake is rejected by ssl_reject_handshake");
});

test("an http:// URL of a TLS listener is plain HTTP on it", () => {
  expect(explain("http://example.com:443/")).toContain("client sent plain HTTP request to HTTPS port");
});

test("a URL without a scheme speaks what the listener does", () => {
  expect(explain("example.com:443/x")).toContain("https example.com");
  expect(explain("example.com/x")).toContain("https://example.com/x");
});

/**
 * What was agreed on in a handshake: `$ssl_curve` of both servers, and `$ssl_sigalg`, which nginx 1.22 has not, against what the openssl command
 * says of the same connection.
 */

import { beforeAll, describe, expect, test } from "vitest";
import { askOpenssl, type OpensslAnswer } from "../harness/openssl-client.ts";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { askTls } from "../harness/tls-client.ts";

const { ca, client, server: rsa, serverEcdsa: ecdsa } = temporaryCertificates();

/** Values of ssl_ecdh_curve, by the name of the server that has them. */
const CURVES: Readonly<Record<string, string>> = {
  "auto.test": "auto",
  "one.test": "prime256v1",
  "two.test": "secp384r1:X25519",
  "many.test": "X25519:prime256v1:secp521r1",
  "rare.test": "X448:brainpoolP256r1",
};
/** What a client offers; it sends a share of the first, and is asked again where that is not the one. */
const OFFERS = ["X25519", "P-256", "P-384:X25519", "X25519:P-384", "P-521:P-256", "P-256:X25519:P-384:P-521", "X448:brainpoolP256r1:P-256"];
const VERSIONS = ["-tls1_2", "-tls1_3"] as const;

function curveConf(facts: string): string {
  const servers = Object.entries(CURVES).map(
    ([name, curves]) =>
      `server { listen 127.0.0.1:%%PORT%% ssl; server_name ${name}; ssl_ecdh_curve ${curves}; return 200 "${facts}\\n"; }`,
  );
  return `http { ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate ${rsa.certificate}; ssl_certificate_key ${rsa.key}; ${servers.join("\n")} }`;
}

const curveRows = Object.keys(CURVES).flatMap((servername) =>
  OFFERS.flatMap((groups) => VERSIONS.map((version) => ({ servername, groups, version }))),
);

requireOracle("nginx")("$ssl_curve", () => {
  let nginx: RunningServer;
  let foregate: RunningServer;

  beforeAll(async () => {
    nginx = await startNginx({ conf: curveConf("$ssl_curve") });
    foregate = await startForegate({ conf: curveConf("$ssl_curve") });
  });

  async function ask(server: RunningServer, row: (typeof curveRows)[number]): Promise<OpensslAnswer> {
    return await askOpenssl({ port: server.port(), servername: row.servername, options: [row.version, "-groups", row.groups] });
  }

  test.each(curveRows)("of $servername, $version, a client with $groups", async (row) => {
    const ours = await ask(foregate, row);
    const theirs = await ask(nginx, row);
    expect(ours.firstLine).toBe(ours.curve);
    expect(theirs.firstLine).toBe(theirs.curve);
  });

  test.each([
    ["TLSv1.2", "prime256v1"],
    ["TLSv1.3", "secp521r1"],
  ] as const)("of a session taken up again in %s", async (maxVersion, expected) => {
    for (const server of [foregate, nginx]) {
      const request = {
        port: server.port(),
        servername: "many.test",
        maxVersion,
        ciphers: "TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256",
      };
      const first = await askTls({ ...request, ecdhCurve: "P-256" });
      const second = await askTls({ ...request, ecdhCurve: "P-521", session: first.session });
      expect(second.isReused).toBe(true);
      expect([first.answer?.body, second.answer?.body]).toEqual(["prime256v1\n", `${expected}\n`]);
    }
  });
});

const signatureConf = `
http {
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_certificate ${rsa.certificate};
  ssl_certificate_key ${rsa.key};
  server { listen 127.0.0.1:%%PORT%% ssl; server_name rsa.test; return 200 "$ssl_sigalg\\n"; }
  server {
    listen 127.0.0.1:%%PORT%% ssl; server_name ecdsa.test; ssl_certificate ${ecdsa.certificate}; ssl_certificate_key ${ecdsa.key};
    return 200 "$ssl_sigalg\\n";
  }
  server {
    listen 127.0.0.1:%%PORT%% ssl; server_name both.test;
    ssl_certificate ${rsa.certificate}; ssl_certificate_key ${rsa.key};
    ssl_certificate ${ecdsa.certificate}; ssl_certificate_key ${ecdsa.key};
    ssl_prefer_server_ciphers on;
    return 200 "$ssl_sigalg\\n";
  }
  server {
    listen 127.0.0.1:%%PORT%% ssl; server_name client.test; ssl_verify_client on; ssl_client_certificate ${ca.certificate};
    return 200 "$ssl_client_sigalg\\n";
  }
}`;

/** By what the command says of a signature. */
const SCHEMES: Readonly<Record<string, string>> = {
  "RSA-PSS SHA256": "rsa_pss_rsae_sha256",
  "RSA-PSS SHA384": "rsa_pss_rsae_sha384",
  "RSA-PSS SHA512": "rsa_pss_rsae_sha512",
  "RSA SHA256": "rsa_pkcs1_sha256",
  "RSA SHA512": "rsa_pkcs1_sha512",
  "ECDSA SHA256": "ecdsa_secp256r1_sha256",
  "ECDSA SHA384": "ecdsa_secp384r1_sha384",
  "": "",
};
const SIGNATURE_OFFERS: readonly (readonly string[])[] = [
  [],
  ["-sigalgs", "rsa_pss_rsae_sha512:rsa_pss_rsae_sha256:ECDSA+SHA256"],
  ["-sigalgs", "ECDSA+SHA384:ECDSA+SHA256:RSA+SHA512:rsa_pss_rsae_sha384"],
  ["-cipher", "AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256"],
];

const signatureRows = ["rsa.test", "ecdsa.test", "both.test"].flatMap((servername) =>
  SIGNATURE_OFFERS.flatMap((offer) => VERSIONS.map((version) => ({ servername, options: [version, ...offer] }))),
);

describe("$ssl_sigalg", () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startForegate({ conf: signatureConf });
  });

  test.each(signatureRows)("of $servername, a client with $options", async ({ servername, options }) => {
    const { firstLine, signature } = await askOpenssl({ port: server.port(), servername, options });
    expect(SCHEMES).toHaveProperty([signature]);
    expect(firstLine).toBe(SCHEMES[signature]);
  });

  test.each([
    ["-tls1_3", "ecdsa_secp256r1_sha256"],
    ["-tls1_2", ""],
  ])("$ssl_client_sigalg in %s is told where a client's key leaves no choice", async (version, expected) => {
    const options = [version, "-cert", client.certificate, "-key", client.key];
    expect((await askOpenssl({ port: server.port(), servername: "client.test", options })).firstLine).toBe(expected);
  });
});

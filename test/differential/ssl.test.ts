/** TLS listeners of nginx and of foregate, asked by the same clients: values of variables, verification, redirects and plain HTTP. */

import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import type { CertificatePair } from "../harness/certificates.ts";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { askTls, getText, type TlsRequest } from "../harness/tls-client.ts";
import { maskText } from "./mask-text.ts";

const certificates = temporaryCertificates();
const { client, selfSigned, expired, chained } = certificates;

/** Every variable that both have a value for; a session's id is another each time. */
const VARIABLES =
  "scheme https ssl_cipher ssl_ciphers ssl_curves ssl_protocol ssl_server_name ssl_session_reused ssl_alpn_protocol ssl_early_data " +
  "ssl_client_verify ssl_client_s_dn ssl_client_i_dn ssl_client_s_dn_legacy ssl_client_i_dn_legacy ssl_client_serial ssl_client_fingerprint " +
  "ssl_client_v_start ssl_client_v_end ssl_client_v_remain ssl_client_cert ssl_client_raw_cert ssl_client_escaped_cert";
const FACTS = VARIABLES.split(" ")
  .map((name) => `${name}=$${name}`)
  .join("\\n");

const conf = `
http {
  ssl_certificate ${certificates.server.certificate};
  ssl_certificate_key ${certificates.server.key};
  ssl_client_certificate ${certificates.ca.certificate};
  ssl_protocols TLSv1.2 TLSv1.3;
  server {
    listen 127.0.0.1:%%PORT%% ssl;
    server_name open.test;
    location /facts { return 200 "${FACTS}"; }
    location /moved { return 301 /there; }
    location /folder { }
    root %%DIR%%/www;
  }
  server { listen 127.0.0.1:%%PORT%% ssl; server_name on.test; ssl_verify_client on; location / { return 200 "${FACTS}"; } }
  server { listen 127.0.0.1:%%PORT%% ssl; server_name optional.test; ssl_verify_client optional; location / { return 200 "${FACTS}"; } }
  server { listen 127.0.0.1:%%PORT%% ssl; server_name no-ca.test; ssl_verify_client optional_no_ca; location / { return 200 "${FACTS}"; } }
  server {
    listen 127.0.0.1:%%PORT%% ssl; server_name page.test; ssl_verify_client on;
    error_page 495 496 497 =200 /why; location /why { return 200 "why $status $request_uri"; }
  }
  server { listen 127.0.0.1:%%PORT%% ssl; server_name rejected.test; ssl_reject_handshake on; }
  server { listen 127.0.0.1:%%PORT_ALONE%% ssl; server_name alone.test; ssl_verify_client on; location / { return 200 "alone"; } }
}`;

interface Row extends Partial<TlsRequest> {
  readonly name: string;
  readonly by?: CertificatePair;
  readonly portName?: string;
}

const ROWS: readonly Row[] = [
  ...(["TLSv1.2", "TLSv1.3"] as const).map((version) => ({
    name: `a client without a certificate, ${version}`,
    servername: "open.test",
    maxVersion: version,
    request: getText("open.test", "/facts"),
  })),
  { name: "no name asked for", servername: "", request: getText("open.test", "/facts") },
  { name: "a name in capitals", servername: "OPEN.test", request: getText("open.test", "/facts") },
  { name: "a client with ALPN", servername: "open.test", ALPNProtocols: ["http/1.1"], request: getText("open.test", "/facts") },
  { name: "a client with HTTP/1.0 in ALPN", servername: "open.test", ALPNProtocols: ["http/1.0"], request: getText("open.test", "/facts") },
  { name: "a redirect", servername: "open.test", request: getText("open.test", "/moved") },
  { name: "a folder without a slash", servername: "open.test", request: getText("open.test", "/folder") },
  { name: "no Host, the default server negotiated", servername: "open.test", request: "GET /facts HTTP/1.0\r\n\r\n" },
  { name: "no Host, another server negotiated", servername: "on.test", request: "GET / HTTP/1.0\r\n\r\n", by: client },
  { name: "a rejected handshake", servername: "rejected.test" },
  ...["open.test", "on.test", "optional.test", "no-ca.test", "page.test"].flatMap((servername) => [
    { name: `nothing shown to ${servername}`, servername },
    { name: `a good certificate shown to ${servername}`, servername, by: client },
    { name: `a chain shown to ${servername}`, servername, by: chained },
    { name: `an unknown authority shown to ${servername}`, servername, by: selfSigned },
    { name: `an expired certificate shown to ${servername}`, servername, by: expired },
  ]),
  { name: "a Host of a server that verifies", servername: "open.test", request: getText("on.test"), by: client },
  { name: "a Host of a server that does not", servername: "on.test", request: getText("open.test", "/facts"), by: client },
  { name: "a Host of a server that verifies, no name asked for", servername: "", request: getText("on.test") },
  { name: "a Host of a server that verifies, an unknown name asked for", servername: "else.test", request: getText("on.test") },
  { name: "another Host of a lone server", servername: "alone.test", request: getText("else.test"), by: client, portName: "ALONE" },
];

const PLAIN_ROWS: readonly string[] = [
  "GET / HTTP/1.1\r\nHost: open.test\r\n\r\n",
  "GET / HTTP/1.0\r\n\r\n",
  "HEAD /x HTTP/1.1\r\nHost: open.test\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: open.test\r\nContent-Length: 3\r\n\r\nabc",
  "GET /p HTTP/1.1\r\nHost: page.test\r\n\r\n",
  "nonsense\r\n\r\n",
  "GET /../.. HTTP/1.1\r\nHost: open.test\r\n\r\n",
];

requireOracle("nginx")("TLS listeners", () => {
  let nginx: RunningServer;
  let foregate: RunningServer;

  beforeAll(async () => {
    const options = { conf, files: { "www/folder/": "" } };
    nginx = await startNginx(options);
    foregate = await startForegate(options);
  });

  async function ask(server: RunningServer, { name: _name, by, portName, ...request }: Row): Promise<object> {
    const port = server.port(portName ?? "");
    const identity = by === undefined ? {} : { cert: readFileSync(by.certificate), key: readFileSync(by.key) };
    const { answer, error, protocol, alpn, certificate } = await askTls({ ...request, ...identity, port });
    return { error, protocol, alpn, certificate, answer: masked(answer, server) };
  }

  test.each(ROWS)("$name", async (row) => expect(await ask(foregate, row)).toEqual(await ask(nginx, row)));

  test.each(PLAIN_ROWS)("plain HTTP: %j", async (request) => {
    const [ours] = (await foregate.exchange(request)).answers;
    const [theirs] = (await nginx.exchange(request)).answers;
    expect(masked(ours, foregate)).toEqual(masked(theirs, nginx));
  });
});

/** What both must agree on of an answer. */
function masked(answer: Awaited<ReturnType<typeof askTls>>["answer"], server: RunningServer): object | undefined {
  if (answer === undefined) return undefined;
  const fields = answer.fields.filter(([name]) => !/^(?:Date|Server|Content-Length)$/i.test(name));
  return {
    status: answer.status,
    fields: fields.map(([name, value]) => [name, maskText(value, server)]),
    // A certificate made a moment ago has its days whole for a second, which may end between the two requests.
    body: maskText(answer.body, server).replace("v_remain=3650", "v_remain=3649"),
  };
}

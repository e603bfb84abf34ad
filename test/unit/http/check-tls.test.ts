import type { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkTls } from "../../../src/http/check-tls.ts";
import type { ServerTls } from "../../../src/http/connection/tls/server-tls.ts";
import type { RequestContext } from "../../../src/http/request-context.ts";
import type { TlsInfo } from "../../../src/http/tls-info.ts";
import { tlsInfo } from "./tls-fixture.ts";

const certificate = {} as X509Certificate; // only looked at for being there

interface Case {
  readonly verify?: ServerTls["verifyClient"];
  readonly tls?: Partial<TlsInfo> | undefined;
  readonly host?: string;
  readonly isPlainOnTls?: boolean;
}

function check({ verify = "on", tls = {}, host = "a.test", isPlainOnTls = false }: Case): number | undefined {
  const r = {
    head: { authority: host === "" ? undefined : { host, port: 0 } },
    exchange: { connection: { tls: isPlainOnTls ? undefined : tlsInfo(tls), isPlainOnTls } },
    server: { tls: { identity: "rules", verifyClient: verify } },
    location: { settings: { errorLog: { isOn: () => false } } },
  } as unknown as RequestContext; // what checkTls() asks of it
  return checkTls(r);
}

const CASES: readonly (readonly [name: string, given: Case, status: number | undefined])[] = [
  ["plain HTTP is refused where TLS is spoken", { isPlainOnTls: true }, 497],
  ["nothing is asked of a client where nothing is verified", { verify: "off", tls: { negotiatedName: "b.test" } }, undefined],
  ["a client without a certificate is refused where one is required", {}, 496],
  ["a client without a certificate is served where it is optional", { verify: "optional" }, undefined],
  ["a good certificate is served", { tls: { clientCertificate: certificate } }, undefined],
  [
    "a bad certificate is refused even where none is needed",
    { verify: "optional", tls: { clientCertificate: certificate, verifyError: "CERT_HAS_EXPIRED" } },
    495,
  ],
  [
    "an unknown authority is borne by optional_no_ca",
    { verify: "optional_no_ca", tls: { clientCertificate: certificate, verifyError: "DEPTH_ZERO_SELF_SIGNED_CERT" } },
    undefined,
  ],
  [
    "an expired certificate is not borne by optional_no_ca",
    { verify: "optional_no_ca", tls: { clientCertificate: certificate, verifyError: "CERT_HAS_EXPIRED" } },
    495,
  ],
  ["another name than the negotiated one is misdirected", { tls: { negotiatedName: "b.test", clientCertificate: certificate } }, 421],
  ["the negotiated name is served", { tls: { negotiatedName: "a.test", clientCertificate: certificate } }, undefined],
  [
    "a request without a Host is not one to the negotiated name",
    { host: "", tls: { negotiatedName: "b.test", clientCertificate: certificate } },
    421,
  ],
  ["a certificate verified under other rules is misdirected", { tls: { identity: "other", clientCertificate: certificate } }, 421],
  ["a client without one is told so under other rules", { tls: { identity: "other" } }, 496],
];

describe("checkTls()", () => {
  it.each(CASES)("%s", (_name, given, status) => expect(check(given)).toBe(status));
});

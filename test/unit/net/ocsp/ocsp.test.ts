/** OCSP requests and responses against `openssl ocsp`, and against bytes that nobody should send. */

import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type CertificateId, certificateId, encodeOcspRequest } from "../../../../src/net/ocsp/certificate-id.ts";
import { DerError, OCTET_STRING, readElements, writeElement } from "../../../../src/net/ocsp/der.ts";
import { type OcspResponse, parseOcspResponse } from "../../../../src/net/ocsp/ocsp-response.ts";
import { findSignatureFault } from "../../../../src/net/ocsp/verify-response.ts";
import { temporaryCertificates } from "../../../harness/temporary-certificates.ts";

const made = temporaryCertificates();
const { dir, ca, server, revoked, otherName } = made;
const issuer = certificateOf(ca.certificate);
const id = certificateId(certificateOf(server.certificate), issuer);

function certificateOf(path: string): X509Certificate {
  return new X509Certificate(readFileSync(path));
}

function openssl(...args: string[]): string {
  return execFileSync("openssl", args, { cwd: dir, encoding: "latin1", stdio: ["ignore", "pipe", "pipe"] });
}

/** What openssl answers about `certificate`, signed by `signer`. */
function respond(certificate: string, signer = ca, ...options: string[]): Buffer {
  openssl("ocsp", "-sha1", "-issuer", ca.certificate, "-cert", certificate, "-reqout", "request.der", "-no_nonce");
  const signing = ["-CA", ca.certificate, "-rsigner", signer.certificate, "-rkey", signer.key];
  openssl("ocsp", "-index", "index.txt", ...signing, "-reqin", "request.der", "-respout", "response.der", "-ndays", "1", ...options);
  return readFileSync(join(dir, "response.der"));
}

function parse(bytes: Buffer, about: CertificateId = id): OcspResponse {
  const response = parseOcspResponse(bytes, about);
  if ("complaint" in response) throw new Error(response.complaint);
  return response;
}

describe("encodeOcspRequest()", () => {
  it("makes the bytes that openssl makes", () => {
    openssl("ocsp", "-sha1", "-issuer", ca.certificate, "-cert", server.certificate, "-reqout", "own.der", "-no_nonce");
    expect(encodeOcspRequest(id)).toEqual(readFileSync(join(dir, "own.der")));
  });
});

describe("parseOcspResponse()", () => {
  let good: Buffer;
  beforeAll(() => {
    good = respond(server.certificate);
  });

  it("reads the status and the times", () => {
    const { state } = parse(good);
    expect(state?.status).toBe("good");
    expect((state?.nextUpdateMs ?? 0) - (state?.thisUpdateMs ?? 0)).toBe(86_400_000);
    expect(Math.abs((state?.thisUpdateMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it("reads that a certificate is revoked", () => {
    const about = certificateId(certificateOf(revoked.certificate), issuer);
    expect(parse(respond(revoked.certificate), about).state?.status).toBe("revoked");
  });

  it("finds no state in a response about another certificate", () => {
    expect(parse(good, certificateId(certificateOf(otherName.certificate), issuer)).state).toBeUndefined();
  });

  it.each([
    ["30030a0101", "OCSP response not successful (1: malformedrequest)"],
    ["30030a0106", "OCSP response not successful (6: unauthorized)"],
    ["30030a0163", "OCSP response not successful (99: (UNKNOWN))"],
  ])("tells why a responder refuses: %s", (hex, complaint) => {
    expect(parseOcspResponse(Buffer.from(hex, "hex"), id)).toEqual({ complaint });
  });

  it("takes no response that is cut anywhere, nor one with bytes behind it", () => {
    for (let length = 0; length < good.length; length++) {
      expect(() => parseOcspResponse(good.subarray(0, length), id), `${length} bytes`).toThrow(DerError);
    }
    expect(() => parseOcspResponse(Buffer.concat([good, Buffer.of(0)]), id)).toThrow(DerError);
  });

  it("throws nothing but a DerError, and no changed byte leaves both the state and the signature good", () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Buffer.from(good);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        try {
          const response = parseOcspResponse(bytes, id);
          if ("complaint" in response || findSignatureFault(response, issuer, true, Date.now()) !== "") return;
          expect(response.signed).toEqual(parse(good).signed);
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("findSignatureFault()", () => {
  it.each([[[]], [["-resp_key_id"]]])("takes the issuer's signature, named by name or key: %j", (options) => {
    expect(findSignatureFault(parse(respond(server.certificate, ca, ...options)), issuer, true, Date.now())).toBe("");
  });

  it("takes an RSA signature, and asks for the signer's right only where that is wanted", () => {
    const response = parse(respond(server.certificate, server));
    expect(findSignatureFault(response, issuer, false, Date.now())).toBe("");
    expect(findSignatureFault(response, issuer, true, Date.now())).toBe("missing ocspsigning usage");
  });

  it("takes no signature of another authority", () => {
    const response = parse(respond(server.certificate, made.otherCa));
    expect(findSignatureFault(response, issuer, true, Date.now())).toBe("certificate verify error");
  });

  it("finds no signer that did not come along", () => {
    const response = parse(respond(server.certificate, server, "-resp_no_certs"));
    expect(findSignatureFault(response, issuer, false, Date.now())).toBe("signer certificate not found");
  });

  it("takes no SHA-1", () => {
    const response = parse(respond(server.certificate, server, "-rmd", "sha1"));
    expect(findSignatureFault(response, issuer, false, Date.now())).toBe("unknown signature algorithm");
  });
});

describe("readElements()", () => {
  it.each(["30", "3001", "3080", "1f0100", "308400000000", "0481"])("throws a DerError at %s", (hex) => {
    expect(() => readElements(Buffer.from(hex, "hex"))).toThrow(DerError);
  });

  it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536])("reads what writeElement() writes of %i bytes", (length) => {
    const content = Buffer.alloc(length, 7);
    const [element, ...others] = readElements(writeElement(OCTET_STRING, content));
    expect(element?.content.equals(content) && element.tag === OCTET_STRING && others.length === 0).toBe(true);
  });
});

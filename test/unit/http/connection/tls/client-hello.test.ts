import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type SecureVersion } from "node:tls";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { CLIENT_HELLO_BYTES_MAX, type ClientHello, readClientHello } from "../../../../../src/http/connection/tls/client-hello.ts";
import { nameCipherSuites, nameGroups, nameSignatureSchemes } from "../../../../../src/http/connection/tls/offered-names.ts";
import { temporaryCertificates } from "../../../../harness/temporary-certificates.ts";
import { askTls } from "../../../../harness/tls-client.ts";
import { recordHello, splitRecords } from "./record-hello.ts";

const CIPHERS = "TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256";

const TICKET_KEY = randomBytes(48);
const { server: pair } = temporaryCertificates();

let hello: Buffer;

beforeAll(async () => {
  hello = await recordHello({
    servername: "WWW.Example.com",
    ciphers: CIPHERS,
    ecdhCurve: "X25519:P-384",
    sigalgs: "rsa_pss_rsae_sha256",
    // Known to Node, not to its types.
    ...{ requestOCSP: true },
  });
});

function read(bytes: Buffer): ClientHello {
  const outcome = readClientHello(bytes);
  if (outcome === undefined || typeof outcome === "number") throw new Error(`Not read: ${outcome}`);
  return outcome;
}

/** What a client gets of a server with this key. */
async function sessionUnder(ticketKeys: Buffer, maxVersion: SecureVersion): Promise<Buffer> {
  const options = { cert: readFileSync(pair.certificate), key: readFileSync(pair.key), ticketKeys };
  const server = createServer(options, (socket) => socket.resume().end("HTTP/1.1 204 No Content\r\n\r\n"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { session } = await askTls({ port: (server.address() as AddressInfo).port, maxVersion });
  await new Promise((resolve) => server.close(resolve));
  if (session === undefined) throw new Error("The server gave no session");
  return session;
}

describe("readClientHello()", () => {
  it("reads what a client asks for and offers", () => {
    const { serverName, offersTls13, wantsOcspResponse, cipherSuites, groups, signatureSchemes } = read(hello);
    expect({ serverName, offersTls13, wantsOcspResponse }).toEqual({
      serverName: "WWW.Example.com",
      offersTls13: true,
      wantsOcspResponse: true,
    });
    // The last one is how OpenSSL before 3.5 says that it can renegotiate; later ones say so in an extension.
    expect(nameCipherSuites(cipherSuites).replace(/:TLS_EMPTY_RENEGOTIATION_INFO_SCSV$/, "")).toBe(CIPHERS);
    expect(nameGroups(groups)).toBe("X25519:secp384r1");
    expect(nameSignatureSchemes(signatureSchemes)).toBe("rsa_pss_rsae_sha256");
  });

  it("reads a client that asks for no name and knows no TLS 1.3", async () => {
    const { serverName, offersTls13, wantsOcspResponse } = read(await recordHello({ maxVersion: "TLSv1.2" }));
    expect({ serverName, offersTls13, wantsOcspResponse }).toEqual({ serverName: "", offersTls13: false, wantsOcspResponse: false });
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("reads the name of the key that a ticket of %s was sealed with", async (maxVersion) => {
    const session = await sessionUnder(TICKET_KEY, maxVersion);
    // Newer Node.js offers a session to the host alone that it was made with.
    expect(read(await recordHello({ host: "127.0.0.1", maxVersion, session })).ticketKeyName).toEqual(TICKET_KEY.subarray(0, 16));
    expect(read(await recordHello({ maxVersion })).ticketKeyName).toHaveLength(0);
  });

  it("asks for more at every split point, and never for more than there will be", () => {
    for (let end = 0; end < hello.length; end++) {
      const needed = readClientHello(hello.subarray(0, end));
      expect(needed).toBeTypeOf("number");
      expect(needed as number).toBeGreaterThan(end);
      expect(needed as number).toBeLessThanOrEqual(hello.length);
    }
  });

  it.each([1, 2, 3, 4, 5, 64, 200])("reads a message in records of %i bytes", (bytes) => {
    expect(read(splitRecords(hello, bytes)).serverName).toBe("WWW.Example.com");
  });

  it("ignores what follows the message", () => {
    expect(read(Buffer.concat([hello, Buffer.from("more")])).serverName).toBe("WWW.Example.com");
  });

  it("leaves to OpenSSL what is no hello, is empty, or is longer than clients send", () => {
    const serverHello = Buffer.from(hello);
    serverHello[5] = 2;
    const long = Buffer.from(hello);
    long.writeUIntBE(CLIENT_HELLO_BYTES_MAX, 6, 3);
    for (const bytes of [serverHello, long, Buffer.from([22, 3, 1, 0, 0]), Buffer.from([22, 3, 1, 0xff, 0xff]), Buffer.from([23])]) {
      expect(readClientHello(bytes)).toBeUndefined();
    }
  });

  it("takes no name from a list of two, since OpenSSL takes none", () => {
    const at = hello.indexOf("WWW.Example.com");
    const broken = Buffer.from(hello);
    // The name's length now ends before the list does.
    broken.writeUInt16BE(3, at - 2);
    expect(read(broken).serverName).toBe("");
  });

  it("never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(hello.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
        const bytes = Buffer.from(hello);
        for (const [at, value] of changes) bytes[at] = value;
        readClientHello(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it("never throws on bytes that were no hello at all", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        readClientHello(Buffer.from([22, 3, 1, 0, bytes.length & 0xff, 1, 0, 0, bytes.length & 0xff, ...bytes]));
      }),
      { numRuns: 1000 },
    );
  });
});

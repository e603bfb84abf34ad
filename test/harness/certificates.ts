/** Certificates for the tests, made by openssl: a CA, what it signed, what it should not have, and what it took back. */

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface CertificatePair {
  /** Path of the PEM certificate (with its intermediates, when it has any). */
  readonly certificate: string;
  /** Path of the PEM key. */
  readonly key: string;
}

export interface Certificates {
  /** The root; its `certificate` is what a verifier trusts. */
  readonly ca: CertificatePair;
  /** Another root, which has signed nothing here. */
  readonly otherCa: CertificatePair;
  /** RSA, signed by `ca`, for every name of `SERVER_NAMES`. */
  readonly server: CertificatePair;
  /** As `server`, on an elliptic curve. */
  readonly serverEcdsa: CertificatePair;
  /** For `other.test` alone. */
  readonly otherName: CertificatePair;
  /** No alternative names: `common-name.test` stands in its common name only. */
  readonly commonNameOnly: CertificatePair;
  /** For `SERVER_NAMES`, signed by an intermediate of `ca`; the file carries leaf and intermediate. */
  readonly chained: CertificatePair;
  /** The certificate of the intermediate alone. */
  readonly intermediate: CertificatePair;
  /** CN=client, for client authentication, signed by `ca`. */
  readonly client: CertificatePair;
  /** For `SERVER_NAMES`, signed by `ca`, ended in 2021. */
  readonly expired: CertificatePair;
  /** For `SERVER_NAMES`, signed by itself. */
  readonly selfSigned: CertificatePair;
  /** For `SERVER_NAMES`, signed by `ca` and named in `crl`. */
  readonly revoked: CertificatePair;
  /** Revocation list of `ca`: takes back `revoked`, nothing else. */
  readonly crl: string;
  /** The certificate of `server` with its key behind `ENCRYPTED_KEY_PASSWORD`. */
  readonly encrypted: CertificatePair;
  /** A file for ssl_password_file: a wrong password, then the right one. */
  readonly passwordFile: string;
}

/** The names that the good server certificates are for. */
export const SERVER_NAMES = "DNS:example.com,DNS:*.example.org,DNS:localhost,IP:127.0.0.1";

export const ENCRYPTED_KEY_PASSWORD = "open sesame";

const LONG_AGO = { start: "20200101000000Z", end: "20210101000000Z" };
const VALID = { start: "20200101000000Z", end: "20491231235959Z" };

/** Makes all of `Certificates` in the folder `dir`, which is created; takes about half a second. */
export function createCertificates(dir: string): Certificates {
  const authority = createAuthority(dir);
  const { issue } = authority;
  const ca = createRoot(dir, "ca", "Test CA");
  const intermediate = issue("intermediate", "Test Intermediate CA", "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign");
  const leaf = (names: string): string => `basicConstraints=CA:FALSE\nsubjectAltName=${names}`;
  const server = issue("server", "example.com", leaf(SERVER_NAMES), { key: "RSA" });
  const revoked = issue("revoked", "example.com", leaf(SERVER_NAMES));
  authority.openssl("ca", "-config", "authority.conf", "-revoke", revoked.certificate);
  authority.openssl("ca", "-config", "authority.conf", "-gencrl", "-crldays", "3650", "-out", "crl.pem");
  const encryptedKey = join(dir, "encrypted.key");
  authority.openssl("pkey", "-in", server.key, "-aes256", "-passout", `pass:${ENCRYPTED_KEY_PASSWORD}`, "-out", encryptedKey);
  const passwordFile = join(dir, "passwords");
  writeFileSync(passwordFile, `not this one\n${ENCRYPTED_KEY_PASSWORD}\n`);
  return {
    ca,
    otherCa: createRoot(dir, "other-ca", "Other Test CA"),
    server,
    serverEcdsa: issue("server-ecdsa", "example.com", leaf(SERVER_NAMES)),
    otherName: issue("other-name", "other.test", leaf("DNS:other.test")),
    commonNameOnly: issue("common-name-only", "common-name.test", "basicConstraints=CA:FALSE"),
    chained: issue("chained", "example.com", leaf(SERVER_NAMES), { issuer: intermediate }),
    intermediate,
    client: issue("client", "client", "basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth"),
    expired: issue("expired", "example.com", leaf(SERVER_NAMES), { validity: LONG_AGO }),
    selfSigned: createRoot(dir, "self-signed", "example.com", `subjectAltName=${SERVER_NAMES}`),
    revoked,
    crl: join(dir, "crl.pem"),
    encrypted: { certificate: server.certificate, key: encryptedKey },
    passwordFile,
  };
}

interface Issuing {
  readonly key?: "RSA" | "EC";
  readonly validity?: typeof VALID;
  readonly issuer?: CertificatePair;
}

interface Authority {
  openssl(...args: string[]): void;
  issue(file: string, commonName: string, extensions: string, options?: Issuing): CertificatePair;
}

function createAuthority(dir: string): Authority {
  mkdirSync(join(dir, "issued"), { recursive: true });
  writeFileSync(join(dir, "index.txt"), "");
  writeFileSync(join(dir, "index.txt.attr"), "unique_subject = no\n");
  writeFileSync(join(dir, "serial"), "1000\n");
  writeFileSync(join(dir, "crlnumber"), "01\n");
  writeFileSync(join(dir, "authority.conf"), AUTHORITY_CONF);
  const openssl = (...args: string[]): void => runOpenssl(dir, args);
  const issue: Authority["issue"] = (file, commonName, extensions, { key = "EC", validity = VALID, issuer } = {}) => {
    const pair = pairOf(dir, file);
    openssl("req", "-new", ...newKey(key), "-nodes", "-subj", `/CN=${commonName}`, "-keyout", pair.key, "-out", `${file}.csr`);
    writeFileSync(join(dir, `${file}.ext`), `${extensions}\n`);
    const signer = issuer === undefined ? [] : ["-cert", issuer.certificate, "-keyfile", issuer.key];
    const dates = ["-startdate", validity.start, "-enddate", validity.end];
    const paths = ["-extfile", `${file}.ext`, "-in", `${file}.csr`, "-out", pair.certificate];
    openssl("ca", "-batch", "-notext", "-config", "authority.conf", ...signer, ...dates, ...paths);
    if (issuer !== undefined) openssl("x509", "-in", issuer.certificate, "-out", `${file}.issuer`);
    if (issuer !== undefined) execFileSync("sh", ["-c", 'cat "$1" >> "$2"', "sh", `${file}.issuer`, pair.certificate], { cwd: dir });
    return pair;
  };
  return { openssl, issue };
}

function createRoot(dir: string, file: string, commonName: string, extension?: string): CertificatePair {
  const pair = pairOf(dir, file);
  const extensions = extension === undefined ? [] : ["-addext", extension];
  const subject = ["-subj", `/CN=${commonName}`, ...extensions];
  runOpenssl(dir, ["req", "-x509", "-days", "3650", ...newKey("EC"), "-nodes", ...subject, "-keyout", pair.key, "-out", pair.certificate]);
  return pair;
}

function pairOf(dir: string, file: string): CertificatePair {
  return { certificate: join(dir, `${file}.pem`), key: join(dir, `${file}.key`) };
}

function newKey(kind: "RSA" | "EC"): string[] {
  return kind === "RSA" ? ["-newkey", "rsa:2048"] : ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
}

function runOpenssl(dir: string, args: readonly string[]): void {
  execFileSync("openssl", args, { cwd: dir, stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, RANDFILE: join(dir, ".rnd") } });
}

const AUTHORITY_CONF = `[ca]
default_ca = authority

[authority]
database = index.txt
serial = serial
crlnumber = crlnumber
new_certs_dir = issued
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any_subject
unique_subject = no

[any_subject]
commonName = supplied
`;

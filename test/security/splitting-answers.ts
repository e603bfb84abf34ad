/** Answers of an upstream that another reader could take for two, or for more than they are: over uwsgi and HTTP alike. */

export interface SplittingAnswer {
  readonly id: string;
  readonly name: string;
  readonly answer: string;
  /** What the client gets. */
  readonly status: number;
  readonly body?: string;
}

const OK = "HTTP/1.1 200 OK\r\n";
/** Must never begin an answer of ours. */
const FORGED = "HTTP/1.1 299 Forged\r\nX-Forged: yes\r\nContent-Length: 0\r\n\r\n";

const refused = (id: string, name: string, answer: string): SplittingAnswer => ({ id, name, answer, status: 502 });
const taken = (id: string, name: string, answer: string, body: string, status = 200): SplittingAnswer => ({
  id,
  name,
  answer,
  status,
  body,
});

const FIELDS: readonly SplittingAnswer[] = [
  ...["\0", "\x01", "\x0b", "\x1b", "\x7f", "\r"].flatMap((byte) => [
    refused("CVE-2023-27522", `${JSON.stringify(byte)} in a value`, `${OK}X-A: a${byte}X-Forged: yes\r\nContent-Length: 2\r\n\r\nok`),
    refused("CVE-2023-27522", `${JSON.stringify(byte)} in a name`, `${OK}X${byte}A: a\r\nContent-Length: 2\r\n\r\nok`),
    refused("CVE-2026-33523", `${JSON.stringify(byte)} in the reason`, `HTTP/1.1 200 O${byte}K\r\nContent-Length: 2\r\n\r\nok`),
  ]),
  ...["\0", "\x01", "\x7f", "\r"].map((byte) =>
    refused("CVE-2026-33523", `${JSON.stringify(byte)} in a Status field`, `${OK}Status: 200 O${byte}K\r\nContent-Length: 2\r\n\r\nok`),
  ),
  refused("CVE-2023-27522", "a folded value", `${OK}X-A: a\r\n X-Forged: yes\r\nContent-Length: 2\r\n\r\nok`),
  refused("CVE-2023-27522", "a value folded with a tab", `${OK}X-A: a\r\n\tb\r\nContent-Length: 2\r\n\r\nok`),
  refused("CVE-2023-27522", "a space before a colon", `${OK}Content-Length : 2\r\n\r\nok`),
  refused("CVE-2023-27522", "an empty name", `${OK}: x\r\nContent-Length: 2\r\n\r\nok`),
  refused("CVE-2023-27522", "CR CR LF behind a value", `${OK}X-A: a\r\r\nContent-Length: 2\r\n\r\nok`),
  refused("CVE-2024-42516", "Content-Type with CR", `${OK}Content-Type: text/html\rX-Forged: yes\r\nContent-Length: 2\r\n\r\nok`),
  refused("CVE-2024-24795", "Location with CR", `HTTP/1.1 302 F\r\nLocation: /\rX-Forged: yes\r\nContent-Length: 0\r\n\r\n`),
  refused("CVE-2026-33523", "a reason of 64 KB", `HTTP/1.1 200 ${"x".repeat(65_536)}\r\n\r\n`),
];

const FRAMING: readonly SplittingAnswer[] = [
  refused("CVE-2022-37436", "two Content-Lengths", `${OK}Content-Length: 2\r\nContent-Length: ${2 + FORGED.length}\r\n\r\nok${FORGED}`),
  refused("CVE-2022-37436", "two equal Content-Lengths", `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`),
  ...["2, 2", "+2", "-2", "0x2", "2 2", "", "2;", "\xb2", "9223372036854775808"].map((length) =>
    refused("CVE-2023-38709", `Content-Length ${JSON.stringify(length)}`, `${OK}Content-Length: ${length}\r\n\r\nok${FORGED}`),
  ),
  refused("CVE-2026-63718", "Content-Length and chunked", `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${FORGED}`),
  refused("CVE-2026-63718", "chunked and Content-Length", `${OK}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n${FORGED}`),
  ...["gzip", "gzip, chunked", "chunked, chunked", "chunked, identity", "identity", "xchunked", "", "\tchunked", "chunked;a=b"].map(
    (coding) =>
      refused(
        "CVE-2026-63718",
        `Transfer-Encoding ${JSON.stringify(coding)}`,
        `${OK}Transfer-Encoding: ${coding}\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
      ),
  ),
  refused("CVE-2026-63718", "two Transfer-Encodings", `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
  taken("CVE-2026-63718", "chunked alone is decoded", `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`, "ok"),
  taken("CVE-2024-24795", "more than the Content-Length", `${OK}Content-Length: 2\r\n\r\nok${FORGED}`, "ok"),
  taken("CVE-2024-24795", "more than the last chunk", `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${FORGED}`, "ok"),
  taken("CVE-2024-24795", "content behind a 204", `HTTP/1.1 204 No Content\r\n\r\n${FORGED}`, "", 204),
  taken("CVE-2024-24795", "content behind a 304", `HTTP/1.1 304 Not Modified\r\n\r\n${FORGED}`, "", 304),
  taken("CVE-2024-24795", "a second status line among the fields", `${OK}HTTP/1.1 299 Forged\r\nContent-Length: 2\r\n\r\nok`, "ok"),
  taken(
    "CVE-2024-24795",
    "a 100 before the answer",
    `HTTP/1.1 100 Continue\r\nX-Forged: yes\r\n\r\n${OK}Content-Length: 2\r\n\r\nok`,
    "ok",
  ),
  refused("CVE-2024-24795", "a 101 that nobody asked for", `HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n${FORGED}`),
];

export const SPLITTING_ANSWERS: readonly SplittingAnswer[] = [...FIELDS, ...FRAMING];

/** Answers of upstreams that flood, never end, break off or come too early: for HTTP and uwsgi alike. */

/** What an upstream sends, and what becomes of it. */
export interface HostileAnswer {
  readonly name: string;
  /** Sent at once; a list is repeated until the connection ends. */
  readonly answer: string | readonly string[];
  /** What comes when all is sent: the connection is held when nothing is said. */
  readonly ending?: "close" | "reset";
  /** uwsgi takes a malformed status line for a field to pass over, as nginx does. */
  readonly protocol?: "HTTP";
  readonly status: number;
  readonly framing?: "cut chunked" | "cut length" | "chunked" | "length" | "none";
  readonly body?: string;
  readonly log?: RegExp;
  readonly cause?: string;
}

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const bytes = (count: number, byte = "x"): string => byte.repeat(count);

export const HOSTILE_ANSWERS: readonly HostileAnswer[] = [
  {
    name: "sends 100 without end, one by one",
    answer: ["HTTP/1.1 100 Continue\r\n\r\n"],
    status: 502,
    log: /too big header/,
    cause: "head_too_big",
  },
  {
    name: "sends 103 without end",
    answer: ["HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"],
    status: 502,
    log: /too big header/,
    cause: "head_too_big",
  },
  {
    name: "sends one 103 that has no end",
    answer: ["HTTP/1.1 103 Early Hints\r\n", ...Array<string>(100).fill("A: b\r\n")],
    status: 502,
    log: /too big/,
  },
  { name: "sends fields without end", answer: [`${OK}A: b\r\n`, "A: b\r\n"], status: 502, log: /too big header/, cause: "head_too_big" },
  { name: "sends one field without end", answer: [`${OK}A: b`, bytes(500)], status: 502, log: /too big header/, cause: "head_too_big" },
  { name: "sends a field's name without end", answer: [OK, bytes(500)], status: 502, log: /too big header/, cause: "head_too_big" },
  { name: "sends a reason without end", answer: ["HTTP/1.1 200 ", bytes(500)], status: 502, log: /too big header/, cause: "head_too_big" },
  {
    name: "sends a hundred Set-Cookies",
    answer: `${OK}${"Set-Cookie: a=b\r\n".repeat(100)}Content-Length: 2\r\n\r\nok`,
    status: 200,
    body: "ok",
  },
  {
    name: "sends a status of four digits",
    answer: "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok",
    ending: "close",
    status: 502,
    protocol: "HTTP",
  },
  { name: "sends a status without end", answer: [`HTTP/1.1 2`, bytes(500, "0")], status: 502 },
  {
    name: "sends a status of two digits",
    answer: "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok",
    ending: "close",
    status: 502,
    protocol: "HTTP",
  },
  { name: "sends the status 999", answer: "HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok", status: 999, body: "ok" },
  {
    name: "sends extensions without end",
    answer: [CHUNKED, `1;${bytes(1000)}\r\na\r\n`],
    status: 200,
    framing: "cut chunked",
    log: /invalid chunked/,
    cause: "invalid_body",
  },
  {
    name: "sends one extension without end",
    answer: [`${CHUNKED}5;`, bytes(1000)],
    status: 200,
    framing: "cut chunked",
    log: /invalid chunked/,
    cause: "invalid_body",
  },
  {
    name: "sends a chunk's size without end",
    answer: [CHUNKED, bytes(1000, "0")],
    status: 200,
    framing: "cut chunked",
    log: /invalid chunked/,
  },
  {
    name: "sends a chunk past all numbers",
    answer: `${CHUNKED}fffffffffffffffff\r\nx`,
    status: 200,
    framing: "cut chunked",
    log: /invalid chunked/,
  },
  {
    name: "sends a chunk with LF alone",
    answer: `${CHUNKED}2\nok\n0\n\n`,
    status: 200,
    framing: "cut chunked",
    log: /invalid chunked/,
    cause: "invalid_body",
  },
  {
    name: "sends trailers without end",
    answer: [`${CHUNKED}2\r\nok\r\n0\r\n`, "A: b\r\n"],
    status: 200,
    framing: "cut chunked",
    log: /invalid chunked/,
    cause: "invalid_body",
  },
  {
    name: "sends one trailer without end",
    answer: [`${CHUNKED}2\r\nok\r\n0\r\nA: `, bytes(1000)],
    status: 200,
    framing: "cut chunked",
    log: /invalid chunked/,
  },
  {
    name: "sends framing fields as trailers",
    answer: `${CHUNKED}2\r\nok\r\n0\r\nContent-Length: 9\r\nX-Forged: yes\r\n\r\n`,
    status: 200,
    framing: "chunked",
    body: "ok",
  },
  {
    name: "sends 4096 chunks of a byte",
    answer: `${CHUNKED}${"1\r\na\r\n".repeat(4096)}0\r\n\r\n`,
    status: 200,
    framing: "chunked",
    body: bytes(4096, "a"),
  },
  { name: "sends content to a 204", answer: `HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello`, status: 204, framing: "none" },
  {
    name: "sends chunks to a 304",
    answer: `HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    status: 304,
    framing: "none",
  },
  {
    name: "resets within its status line",
    answer: "HTTP/1.1 20",
    ending: "reset",
    status: 502,
    log: /reset by peer/,
    cause: "connection_reset",
  },
  {
    name: "resets within its fields",
    answer: `${OK}A: b\r\n`,
    ending: "reset",
    status: 502,
    log: /reset by peer/,
    cause: "connection_reset",
  },
  {
    name: "resets behind its head",
    answer: `${OK}Content-Length: 2\r\n\r\n`,
    ending: "reset",
    status: 200,
    framing: "cut length",
    log: /reset by peer/,
  },
  {
    name: "resets within a chunk's size",
    answer: `${CHUNKED}2\r\nok\r\n1`,
    ending: "reset",
    status: 200,
    framing: "cut chunked",
    log: /reset by peer/,
  },
  {
    name: "resets before the last line end",
    answer: `${CHUNKED}2\r\nok\r\n0\r\n`,
    ending: "reset",
    status: 200,
    framing: "cut chunked",
    log: /reset by peer/,
  },
  {
    name: "closes before the last line end",
    answer: `${CHUNKED}2\r\nok\r\n0\r\n`,
    ending: "close",
    status: 200,
    framing: "cut chunked",
    log: /prematurely closed/,
  },
  {
    name: "resets an answer that only the close ends",
    answer: `${OK}\r\npart`,
    ending: "reset",
    status: 200,
    framing: "cut chunked",
    log: /reset by peer/,
  },
  {
    name: "speaks of a length that it never sends",
    answer: `${OK}Content-Length: 9007199254740991\r\n\r\nx`,
    ending: "close",
    status: 200,
    framing: "cut length",
  },
  {
    name: "speaks of a length past 2^53",
    answer: `${OK}Content-Length: 9007199254740992\r\n\r\nx`,
    status: 502,
    log: /invalid "Content-Length"/,
  },
  {
    name: "answers 101 in the midst of 1xx",
    answer: "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 101 S\r\n\r\n",
    status: 502,
    log: /unrequested 101/,
    cause: "unrequested_upgrade",
  },
  { name: "answers HTTP/2's preface", answer: "\0\0\x12\x04\0\0\0\0\0", status: 502 },
  { name: "answers a uwsgi packet", answer: "\0\x05\0\0\x01\0a\0\0", status: 502 },
];

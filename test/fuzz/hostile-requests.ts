/** Requests as attackers write them: made from the seeds of known attacks on framing, hosts and paths, then broken at random. */

export interface Random {
  /** An integer from 0 up to, not including, `bound`. */
  below(bound: number): number;
  pick<T>(values: readonly T[]): T;
}

/** Repeatable: the same seed gives the same requests (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * bound);
  };
  return {
    below,
    pick: (values) => {
      const value = values[below(values.length)];
      if (value === undefined) throw new Error("Cannot pick from nothing");
      return value;
    },
  };
}

const METHODS = ["GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "OPTIONS", "DELETE", "get", "G\0T", "CONNECT", "TRACE", "X-Y", ""];
const PLACES = ["/proxy/", "/proxy/", "/proxy/", "/replaced/", "/uwsgi/", "/uwsgi/", "/static/", "/stream/", "/variable/"];
const TARGETS = [
  "a",
  "a?b=c",
  "a%2fb",
  "a%0d%0aX-Injected:%20y",
  "a%00b",
  "%zz",
  "../../x",
  "..%2f..%2fx",
  "a//b",
  "a b",
  "a#b",
  "\xe9",
  "%e9?%0d%0a",
  "a;b?c#d",
  "?",
  "??",
  "a\tb",
  "a\x01b",
  ".%2e/",
  `a${"x".repeat(200)}`,
];
const HOSTS = [
  "Host: localhost",
  "Host: localhost",
  "Host: localhost",
  "Host: localhost:80",
  "Host: a,b",
  "Host: [::1]",
  "Host:",
  "Host: a\tb",
];
const VERSIONS = [
  " HTTP/1.1",
  " HTTP/1.1",
  " HTTP/1.1",
  " HTTP/1.1",
  " HTTP/1.0",
  "",
  " HTTP/1.2",
  " HTTP/2.0",
  " HTTP/01.1",
  " http/1.1",
  "  HTTP/1.1",
];
const LINE_ENDS = ["\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n", "\n\r"];
const FIELDS = [
  "X-A: b",
  "X-A:b",
  "X-A :b",
  " X-A: b",
  "X-A: b\r\n c",
  "X-A: b\0c",
  "X-A: b\rc",
  "X_A: b",
  ": b",
  "X-A",
  "X-Front: forged",
  "X-Forwarded-For: 1.2.3.4",
  "Cookie: a=b",
  "Cookie: c=d",
  "Expect: 100-continue",
  "Connection: close",
  "Connection: keep-alive, X-A",
  "Connection: X-Front, Host, Content-Length",
  "Connection: upgrade",
  "Upgrade: websocket",
  "Range: bytes=0-1,3-",
  "Accept-Encoding: gzip",
  "Proxy: x",
  "Te: trailers",
  "Trailer: X-T",
  "Host: other",
  `X-Long: ${"y".repeat(900)}`,
  `content-length${"0".repeat(256)}: 3`,
  "Content_Length: 3",
];
const FRAMINGS = [
  "Content-Length: 5",
  "Content-Length: 5",
  "Content-Length: 0",
  "Content-Length: 05",
  "Content-Length: +5",
  "Content-Length: -1",
  "Content-Length: 5, 5",
  "Content-Length: 0x5",
  "Content-Length: 99999999999999999999",
  "Content-Length : 5",
  "Content-Length:\t5",
  "Content-Length: 5\r\nContent-Length: 6",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: chunked\r\nContent-Length: 5",
  "Content-Length: 5\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding: Chunked",
  "Transfer-Encoding: identity",
  "Transfer-Encoding: chunked, chunked",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding:\x0bchunked",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding : chunked",
  "Transfer-Encoding: xchunked",
];
const SMUGGLED = "GET /proxy/smuggled HTTP/1.1\r\nHost: smuggled\r\n\r\n";
const BODIES = [
  "hello",
  "5\r\nhello\r\n0\r\n\r\n",
  "5;a=b\r\nhello\r\n0\r\nX-T: u\r\n\r\n",
  "0\r\n\r\n",
  `0\r\n\r\n${SMUGGLED}`,
  `hello${SMUGGLED}`,
  "5\nhello\n0\n\n",
  "5\r\nhelloX\r\n0\r\n\r\n",
  "00000000000000005\r\nhello\r\n0\r\n\r\n",
  "ffffffffffffffff\r\nhello",
  "5 \r\nhello\r\n0\r\n\r\n",
  "5\r\nhello\r\n0\r\n",
  "-1\r\nhello\r\n0\r\n\r\n",
  "0x5\r\nhello\r\n0\r\n\r\n",
  "5\r\nhello\r\n0\r\n : x\r\n\r\n",
  `3\r\nabc\r\n2;${"e".repeat(300)}\r\nde\r\n0\r\n\r\n`,
  "",
];
const HOSTILE_BYTES = ["\0", "\r", "\n", "\t", " ", ":", "\x0b", "\x7f", "\x80", "\xff", "%", ",", ";", "0", "\r\n", "\r\n\r\n"];

/** Up to three requests in a row, latin1. */
export function hostileRequests(random: Random): string {
  let text = "";
  for (let count = 1 + (random.below(4) === 0 ? random.below(3) : 0); count > 0; count--) text += oneRequest(random);
  for (let count = random.below(3) === 0 ? 1 + random.below(2) : 0; count > 0; count--) text = broken(random, text);
  return text;
}

function oneRequest(random: Random): string {
  const end = random.below(6) === 0 ? random.pick(LINE_ENDS) : "\r\n";
  const target = `${random.below(12) === 0 ? random.pick(["http://localhost", "http://a@b", "*", "//x", "x"]) : ""}${random.pick(PLACES)}${random.pick(TARGETS)}`;
  const lines = [`${random.pick(METHODS)} ${target}${random.pick(VERSIONS)}`];
  if (random.below(20) !== 0) lines.push(random.pick(HOSTS));
  for (let count = random.below(4); count > 0; count--) lines.push(random.pick(FIELDS));
  const hasBody = random.below(2) === 0;
  if (hasBody) lines.splice(1 + random.below(lines.length), 0, random.pick(FRAMINGS));
  return `${lines.join(end)}${end}${random.below(15) === 0 ? random.pick(LINE_ENDS) : end}${hasBody ? random.pick(BODIES) : ""}`;
}

/** One byte put in, taken out or changed, or a piece said twice. */
function broken(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  switch (random.below(4)) {
    case 0:
      return text.slice(0, at) + random.pick(HOSTILE_BYTES) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + random.pick(HOSTILE_BYTES) + text.slice(at + 1);
    default:
      return text.slice(0, at) + text.slice(Math.max(0, at - 1 - random.below(40)));
  }
}

/** What reads a stranger's bytes takes time that grows with their length and no faster: no pattern of ours can be made to backtrack. */

import { describe, expect, test } from "vitest";
import { acceptsCoding } from "../../src/http/compression/accepts-coding.ts";
import { readArgument } from "../../src/http/core/variables/read-argument.ts";
import { readBasicUser } from "../../src/http/core/variables/read-basic-user.ts";
import { readCookie } from "../../src/http/core/variables/read-cookie.ts";
import { parseCacheControl } from "../../src/http/message/cache-control.ts";
import { ChunkedDecoder } from "../../src/http/message/chunked.ts";
import { escapeHtml, escapeUri, unescapeUri } from "../../src/http/message/escape.ts";
import { escapeJson } from "../../src/http/message/escape-json.ts";
import { matchesEntityTag } from "../../src/http/message/etag.ts";
import { connectionOptions, httpVarName } from "../../src/http/message/fields.ts";
import { parseHost } from "../../src/http/message/host.ts";
import { parseHttpDate } from "../../src/http/message/http-date.ts";
import { parseRequestHead } from "../../src/http/message/parse-request-head.ts";
import { parseRanges } from "../../src/http/message/ranges.ts";
import { normalizeTarget } from "../../src/http/message/request-target.ts";
import { parseResponseHead } from "../../src/http/message/response-head.ts";
import { escapeDefault } from "../../src/modules/log/escape-log-value.ts";
import { namesHttp2 } from "../../src/upstream/requested-upgrade.ts";

const LIMITS = { firstBufferBytes: 1024, largeBuffers: 4, largeBufferBytes: 1 << 20, fieldsMax: 1000 };
const LAX = { underscores_in_headers: false, ignore_invalid_headers: true, strict_http: false, rulesForHost: undefined };
const STRICT = { ...LAX, strict_http: true };
const head = (text: string, rules: typeof LAX): unknown => parseRequestHead(text, 0, LIMITS, rules);

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  "a request line": (text) => head(`${text}\r\nHost: a\r\n\r\n`, LAX),
  "a request line, strictly": (text) => head(`GET ${text} HTTP/1.1\r\nHost: a\r\n\r\n`, STRICT),
  "a target": (text) => head(`GET http://${text} HTTP/1.1\r\nHost: a\r\n\r\n`, LAX),
  "a version": (text) => head(`GET / HTTP/${text}\r\nHost: a\r\n\r\n`, LAX),
  "a field's name": (text) => head(`GET / HTTP/1.1\r\n${text}: a\r\nHost: a\r\n\r\n`, LAX),
  "a field's value": (text) => head(`GET / HTTP/1.1\r\nX-A: ${text}\r\nHost: a\r\n\r\n`, STRICT),
  "a head that is not whole": (text) => head(`GET / HTTP/1.1\r\n${text}`, LAX),
  "a host": parseHost,
  "a path": (text) => normalizeTarget(`/${text}`, "merge"),
  "a path with slashes kept": (text) => normalizeTarget(`/${text}`, "keep"),
  "a Range": (text) => parseRanges(`bytes=${text}`, 1000, 1_000_000),
  "a date": parseHttpDate,
  "a list of entity tags": (text) => matchesEntityTag(text, '"a"', "weak"),
  "a Cache-Control": parseCacheControl,
  "a Connection": connectionOptions,
  "a variable's name": httpVarName,
  "a cookie": (text) => readCookie(text, "a"),
  "an argument": (text) => readArgument(text, "a"),
  "an Authorization": (text) => readBasicUser(`Basic ${text}`),
  "an Upgrade": namesHttp2,
  "an Accept-Encoding": (text) => acceptsCoding(text, "gzip"),
  "an Accept-Encoding with gzip": (text) => acceptsCoding(`gzip${text}`, "gzip"),
  "an escaped text": unescapeUri,
  "a text to escape": (text) => escapeUri(text, "uri"),
  "a text for a page": escapeHtml,
  "a value for the log": escapeDefault,
  "a value for a JSON log": escapeJson,
  "an answer's head": (text) => parseResponseHead(`HTTP/1.1 200 ${text}`, 0, "http1", 1 << 20),
  "an answer's fields": (text) => parseResponseHead(`${text}\r\n\r\n`, 0, "cgi", 1 << 20),
  chunks: (text) => {
    const buffer = Buffer.from(text, "latin1");
    return new ChunkedDecoder().feed(buffer, 0, buffer.length, () => {});
  },
};

const UNITS = [
  " ",
  "\t",
  ",",
  ", ",
  "=",
  '"',
  "a",
  "a=",
  "a,",
  "a;",
  "a=b; ",
  "%",
  "%2",
  "%41",
  "/",
  "/.",
  "/..",
  "/a/..",
  "..",
  ":",
  ";",
  "; ",
  "0",
  "1\r\na\r\n",
  "0-",
  "0-0,",
];
const MORE_UNITS = [
  "-",
  "W/",
  '"a"',
  'a="',
  "gzip",
  "gzip;",
  " gzip;q=",
  "q=",
  "[",
  "]",
  "a.",
  "@",
  "#",
  "?",
  "&",
  "a&",
  "\x80",
  "\r",
  "\n",
  "\r\n",
  "A: b\r\n",
  "HTTP/1.1 ",
  "h2,",
  "<",
  "\\",
];
const TEXTS = [...UNITS, ...MORE_UNITS].flatMap((unit) => ["", "x", "\0", "a=1"].map((end) => ({ unit, end })));

/** Longer than any line that the default limits let in. */
const BYTES = 32_768;
/** A linear reader needs less than a millisecond; one that backtracks over the square of it needs seconds. */
const MS_MAX = 60;

describe.each(Object.entries(READERS))("%s", (_name, read) => {
  test(`of ${BYTES} hostile bytes is read in a moment`, () => {
    const slow: string[] = [];
    for (const { unit, end } of TEXTS) {
      const text = unit.repeat(Math.ceil(BYTES / unit.length)) + end;
      if (quickestMs(read, text) > MS_MAX) slow.push(JSON.stringify(`${unit}… ${end}`));
    }
    expect(slow).toEqual([]);
  });
});

/** Once is enough when it is quick; a busy machine gets two more chances. */
function quickestMs(read: (text: string) => unknown, text: string): number {
  let quickest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3 && quickest > MS_MAX; round++) {
    const since = performance.now();
    read(text);
    quickest = Math.min(quickest, performance.now() - since);
  }
  return quickest;
}

/** What holds for every input of the parsers, however hostile: run shortly with the other tests, and as long as one likes by test/fuzz/long. */

import fc from "fast-check";
import { TABLES } from "../../src/boot/tables.ts";
import { bind } from "../../src/config/bind.ts";
import { formatDiagnostic } from "../../src/config/diagnostic.ts";
import { parse } from "../../src/config/parser.ts";
import { createSource } from "../../src/config/source.ts";
import { ChunkedDecoder } from "../../src/http/message/chunked.ts";
import { escapeUri } from "../../src/http/message/escape.ts";
import { HeadIncomplete, parseRequestHead } from "../../src/http/message/parse-request-head.ts";
import { normalizeTarget } from "../../src/http/message/request-target.ts";
import { parseResponseHead, type ResponseDialect } from "../../src/http/message/response-head.ts";
import { unsupportedDirectives } from "../../src/modules/unsupported.ts";
import { decodePacket, encodeCounted, encodePacket } from "../../src/upstream/uwsgi/packet.ts";
import { ANSWER_PIECES, CONFIG_PIECES } from "./fuzzed-text.ts";
import { BODIES, HOSTILE_BYTES, TARGETS } from "./hostile-pieces.ts";
import { createRandom, hostileRequests } from "./hostile-requests.ts";

const LIMITS = { firstBufferBytes: 64, largeBuffers: 3, largeBufferBytes: 300, fieldsMax: 6 };
const RULES = { underscores_in_headers: false, ignore_invalid_headers: true, strict_http: false };
const STRICT = { ...RULES, strict_http: true, rulesForHost: undefined };
/** Hosts with an "o" have a strict server. */
const LAX = { ...RULES, rulesForHost: (host: string) => (host.includes("o") ? STRICT : { ...RULES, rulesForHost: undefined }) };

const requests = fc.nat().map((seed) => hostileRequests(createRandom(seed)));
const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 });
const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 40 });
const textOf = (pieces: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: bytes }), { maxLength: 14 })
    .map((parts) => parts.join(""));
const chunkedBodies = textOf([...BODIES, ...HOSTILE_BYTES, "5\r\nhello\r\n", "1\r\na\r\n", "0\r\n", "A: b\r\n"]);
const vars = fc.array(fc.tuple(bytes, bytes), { maxLength: 8 });

/** Each throws when it does not hold. */
export const PARSER_PROPERTIES: Readonly<Record<string, fc.IRawProperty<unknown>>> = {
  "a request's head is read alike whole and in pieces": fc.property(requests, cuts, fc.boolean(), (text, sizes, isStrict) => {
    const rules = isStrict ? STRICT : LAX;
    const whole = parseRequestHead(text, 0, LIMITS, rules);
    let verdict: ReturnType<typeof parseRequestHead> = new HeadIncomplete(LIMITS, rules);
    for (const end of endsOf(text.length, sizes)) {
      if (!(verdict instanceof HeadIncomplete)) break;
      verdict = parseRequestHead(text.slice(0, end), 0, LIMITS, rules, verdict);
    }
    // What can become no head may be refused before its line is whole, but need not be.
    if ([verdict.kind, whole.kind].includes("incomplete") && verdict.kind !== "head" && whole.kind !== "head") return;
    // Which of two mistakes is seen first depends on what was there to be seen.
    same(verdict.kind === "head" ? verdict : verdict.kind, whole.kind === "head" ? whole : whole.kind);
  }),

  "chunks are read alike whole and in pieces": fc.property(chunkedBodies, cuts, (text, sizes) => {
    same(decoded(text, endsOf(text.length, sizes)), decoded(text, [text.length]));
  }),

  "a target's path begins with a slash, leads nowhere above and is stable": fc.property(
    textOf([...TARGETS, "/", "/../", "/./", "//", "%2f", "%2e"]),
    (text) => {
      // Control characters never get that far.
      const target = normalizeTarget(`/${text.replace(/[\0-\x20]/g, "")}`, "merge");
      if (target === undefined) return;
      const segments = target.uri.split("/");
      if (!target.uri.startsWith("/") || target.uri.includes("\0")) throw new Error(`"${target.uri}" is no path`);
      if (segments.includes("..") || target.uri.includes("//")) throw new Error(`"${target.uri}" is not normal`);
      same(normalizeTarget(escapeUri(target.uri, "uri"), "merge")?.uri, target.uri);
    },
  ),

  "an answer's head is read alike whole and in pieces": fc.property(
    textOf(ANSWER_PIECES),
    cuts,
    fc.constantFrom<ResponseDialect>("cgi", "http1"),
    (text, sizes, dialect) => {
      const whole = parseResponseHead(text, 0, dialect, 400);
      let piecewise: ReturnType<typeof parseResponseHead>;
      for (const end of endsOf(text.length, sizes)) piecewise ??= parseResponseHead(text.slice(0, end), 0, dialect, 400);
      same([piecewise?.kind, piecewise?.kind === "head" ? piecewise : ""], [whole?.kind, whole?.kind === "head" ? whole : ""]);
      for (const value of whole?.kind === "head" ? [...whole.names, ...whole.values, whole.statusText ?? ""] : []) {
        if (/[\0\r\n]/.test(value)) throw new Error(`${JSON.stringify(value)} would break a line`);
      }
    },
  ),

  "a uwsgi packet is read as it was written": fc.property(fc.nat(255), fc.nat(255), vars, (modifier1, modifier2, list) => {
    const block = list.map(([name, value]) => encodeCounted(name) + encodeCounted(value)).join("");
    const packet = encodePacket(modifier1, modifier2, block) ?? "";
    same(decodePacket(packet), { modifier1, modifier2, vars: list, end: packet.length });
  }),

  "bytes that are no uwsgi packet give none, and none that reaches behind them": fc.property(bytes, (text) => {
    const packet = decodePacket(text);
    if (packet !== undefined && packet.end > text.length) throw new Error("A packet that is longer than its bytes");
  }),

  "a configuration's mistakes are told of with their place, and none throws": fc.property(textOf(CONFIG_PIECES), (text) => {
    const source = createSource("/fuzzed.conf", text);
    const parsed = parse(source);
    const bound = bind({ statements: parsed.statements, sources: [source] }, TABLES, unsupportedDirectives);
    for (const diagnostic of [...parsed.diagnostics, ...bound.diagnostics]) {
      const { span } = diagnostic;
      if (span !== undefined && (span.start < 0 || span.start > span.end || span.end > text.length))
        throw new Error(`${diagnostic.code} is told of outside of its file`);
      if (formatDiagnostic(diagnostic, { program: "foregate" }) === "") throw new Error(`${diagnostic.code} says nothing`);
    }
  }),
};

/** Where the pieces of a text end; the last is its end. */
function endsOf(length: number, sizes: readonly number[]): readonly number[] {
  const ends: number[] = [];
  for (let at = 0, index = 0; at < length; index++) {
    at = Math.min(length, at + (sizes[index % sizes.length] ?? 1));
    ends.push(at);
  }
  return ends.length === 0 ? [0] : ends;
}

function decoded(text: string, ends: readonly number[]): unknown {
  // The decoder moves bytes within what it is fed.
  const wire = Buffer.from(text, "latin1");
  const decoder = new ChunkedDecoder();
  let body = "";
  let consumed = 0;
  let from = 0;
  for (const end of ends) {
    if (decoder.state() !== "more") break;
    decoder.feed(wire, from, end, (piece) => {
      body += piece.toString("latin1");
    });
    consumed += decoder.consumed;
    from = end;
  }
  return [decoder.state(), body, decoder.state() === "done" ? consumed : -1, decoder.trailers];
}

function same(one: unknown, other: unknown): void {
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  if (left !== right) throw new Error(`${left} is not ${right}`);
}

/** Encodes a usual request's packet: 14 params and 8 client fields. Aim: under 3 µs. Run: node test/bench/micro/uwsgi-packet.ts (Node 24). */

import type { CompiledLocation } from "../../../src/http/compiled.ts";
import { compileTemplate, constantTemplateOf } from "../../../src/http/template.ts";
import { encodePacket } from "../../../src/upstream/uwsgi/packet.ts";
import { STANDARD_PARAMS } from "../../../src/upstream/uwsgi/standard-params.ts";
import { compileVarBlock } from "../../../src/upstream/uwsgi/vars.ts";
import { makeRequest } from "../../unit/make-request.ts";

const ROUNDS = 500_000;

const request = makeRequest({} as CompiledLocation, {
  target: "/account/orders?page=2",
  fields: {
    Host: "shop.example.test",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br",
    Cookie: "sessionid=0123456789abcdef0123456789abcdef; csrftoken=abcdef",
    Referer: "https://shop.example.test/account",
    Connection: "keep-alive",
  },
});

const params = STANDARD_PARAMS.map(({ name, ifNotEmpty }, index) => ({
  name,
  value: index % 2 === 0 ? compileTemplate([(r) => r.uri], "") : constantTemplateOf("constant"),
  ifNotEmpty,
}));
const encodeVars = compileVarBlock({ params, passRequestHeaders: true, trailingBytes: undefined });

function run(rounds: number): number {
  let bytes = 0;
  // Buffer.from flattens the text, as writing it to a socket does.
  for (let i = 0; i < rounds; i++) bytes += Buffer.from(encodePacket(0, 0, encodeVars(request)) ?? "", "latin1").length;
  return bytes;
}

run(ROUNDS / 10);
const startedAt = performance.now();
const bytes = run(ROUNDS);
const elapsedMs = performance.now() - startedAt;
console.log(`${((elapsedMs * 1000) / ROUNDS).toFixed(2)} µs a packet of ${bytes / ROUNDS} bytes`);

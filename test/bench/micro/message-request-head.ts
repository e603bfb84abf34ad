/** Time to read a usual request head. Run: node --experimental-strip-types (or esbuild) test/bench/micro/message-request-head.ts */

import { parseRequestHead } from "../../../src/http/message/parse-request-head.ts";

const limits = { firstBufferBytes: 1024, largeBuffers: 4, largeBufferBytes: 8192, fieldsMax: 1000 };
const rules = { underscores_in_headers: false, ignore_invalid_headers: true, strict_http: false, rulesForHost: undefined };
const bytes = Buffer.from(
  "GET /path/to/page?x=1&y=2 HTTP/1.1\r\nHost: www.example.test\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0\r\n" +
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\n" +
    "Connection: keep-alive\r\nReferer: http://www.example.test/index.html\r\nCookie: session=0123456789abcdef; theme=dark\r\n\r\n",
);
const short = Buffer.from("GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n");

function measure(name: string, buffer: Buffer): void {
  const rounds = 1_000_000;
  let fields = 0;
  const started = process.cpuUsage();
  for (let round = 0; round < rounds; round++) {
    const head = parseRequestHead(buffer.toString("latin1"), 0, limits, rules);
    if (head.kind === "head") fields += head.fieldNames.length;
  }
  const used = process.cpuUsage(started);
  const ns = ((used.user + used.system) * 1000) / rounds;
  console.log(`${name}: ${ns.toFixed(0)} ns (${fields / rounds} fields, ${buffer.length} bytes)`);
}

for (let pass = 0; pass < 3; pass++) {
  measure("eight fields", bytes);
  measure("one field", short);
}

/** What making one access log line costs. Aim: `combined` below 1.5 µs. Bundle with esbuild and run with node. */

import { coreVariables } from "../../../src/http/core/core-variables.ts";
import { VariableRegistry } from "../../../src/http/variables.ts";
import { COMBINED, compileLogFormat, type LogFormat } from "../../../src/modules/log/log-format.ts";
import { makeRequest } from "../../unit/http/core/variables/request-fixture.ts";

const ROUNDS = 5;
const LINES = 200_000;

const registry = new VariableRegistry();
registry.add(coreVariables);
const scope = {
  readerOf: ({ variable }: { readonly variable: string }) => registry.resolve(variable) ?? (() => ""),
  isBuiltIn: (name: string) => registry.isBuiltIn(name),
};

const { r } = makeRequest({
  target: "/a/path?with=arguments",
  fields: [
    ["Host", "example.com"],
    ["User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"],
    ["Accept", "text/html,application/xhtml+xml"],
    ["Accept-Language", "en-US,en;q=0.5"],
    ["Accept-Encoding", "gzip, deflate"],
    ["Connection", "keep-alive"],
    ["Referer", "https://example.com/a/page"],
    ["Cookie", "session=0123456789abcdef"],
  ],
});
r.status = 200;
r.bodyBytesSent = 1024;

const formats: readonly LogFormat[] = [COMBINED, { ...COMBINED, name: "combined as JSON", escaping: "json" }];

for (const format of formats) {
  const render = compileLogFormat(format, scope);
  let length = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < LINES; i++) length += render(r).length;
    best = Math.min(best, performance.now() - start);
  }
  process.stdout.write(`${format.name}: ${((best / LINES) * 1000).toFixed(3)} µs a line (${length} octets made)\n`);
}

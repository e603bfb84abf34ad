import { expect, test } from "vitest";
import { noteCompression, readCompressionRatio } from "../../../../src/http/compression/compression-ratio.ts";
import type { RequestContext } from "../../../../src/http/request-context.ts";

test.each([
  [1000, 250, "4.00"],
  [1000, 333, "3.00"],
  [1000, 334, "2.99"],
  [1006, 1000, "1.01"],
  [1004, 1000, "1.00"],
  [19_995, 10_000, "2.00"],
  [19_994, 10_000, "2.00"],
  [10, 30, "0.33"],
  [5, 0, ""],
])("%i octets made %i are a ratio of %j", (bytesIn, bytesOut, ratio) => {
  const r = { slots: undefined } as unknown as RequestContext;
  noteCompression(r, "gzip", { bytesIn, bytesOut });
  expect([readCompressionRatio("gzip")(r), readCompressionRatio("br")(r)]).toEqual([ratio, ""]);
});

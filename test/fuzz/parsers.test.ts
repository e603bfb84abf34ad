/** A moment of each parser's property; the long run is test/fuzz/long/properties.ts. */

import fc from "fast-check";
import { test } from "vitest";
import { PARSER_PROPERTIES } from "./parser-properties.ts";

test.each(Object.entries(PARSER_PROPERTIES))("%s", (_name, property) => {
  fc.assert(property, { numRuns: 400 });
});

import { expect, test } from "vitest";
import { needsGuard } from "../../../../../src/http/connection/http2/guard-frames.ts";

test.each([
  ["1.61.0", true],
  ["1.68.0", true],
  ["1.68.1", false],
  ["1.68.2", false],
  ["1.70.0", false],
  ["2.0.0", false],
  ["0.9.9", true],
  ["1.69", false],
  ["", true],
])("nghttp2 %s needs a guard: %s", (version, needed) => {
  expect(needsGuard(version)).toBe(needed);
});

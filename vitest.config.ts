import { defineConfig } from "vitest/config";

const report = process.env["TEST_REPORT"];

/** Suites that start real servers run beside each other, as many as two cores bear. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/fuzz/long/**", "test/bench/**"],
    globalSetup: ["test/harness/build-foregate.ts"],
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Real servers, real sockets and a machine that may be busy: a test that fails once is shown and tried again, but only there.
    retry: process.env["CI"] === "true" ? 1 : 0,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
  },
});

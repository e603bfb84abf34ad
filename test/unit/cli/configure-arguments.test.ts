import { describe, expect, test } from "vitest";
import { TABLES } from "../../../src/boot/tables.ts";
import { configureArguments } from "../../../src/cli/configure-arguments.ts";

function isThere(directive: string): boolean {
  return TABLES.some((table) => table[directive] !== undefined && table[directive].kind !== "ignored");
}

describe("configureArguments()", () => {
  test.each([
    ["http_map_module", "map"],
    ["http_gzip_module", "gzip"],
    ["http_limit_req_module", "limit_req"],
    ["http_grpc_module", "grpc_pass"],
    ["http-cache", "proxy_cache_path"],
  ])("says --without-%s exactly where there is no %s", (option, directive) => {
    expect(configureArguments().includes(`--without-${option}`)).toBe(!isThere(directive));
  });

  test.each([
    ["http_ssl_module", "ssl_certificate"],
    ["http_realip_module", "set_real_ip_from"],
    ["stream", "stream"],
  ])("says --with-%s exactly where there is %s", (option, directive) => {
    expect(configureArguments().includes(`--with-${option}`)).toBe(isThere(directive));
  });

  test("names no module both ways", () => {
    const names = configureArguments().map((argument) => argument.replace(/^--with(out)?-/, ""));
    expect(new Set(names).size).toBe(names.length);
  });
});

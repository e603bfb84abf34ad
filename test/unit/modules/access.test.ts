import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../src/http/phase.ts";
import { accessModule } from "../../../src/modules/access.ts";
import { makeRequest } from "../http/core/variables/request-fixture.ts";
import { compileHandler } from "./compile-handler.ts";

function judge(conf: string, remoteAddress: string): { verdict: Verdict | Promise<Verdict>; log: readonly string[] } {
  const { handler } = compileHandler(accessModule, "access", conf);
  const { r, errorLines } = makeRequest({ remoteAddress });
  return { verdict: handler?.(r), log: errorLines.map(({ level, message }) => `${level}: ${message}`) };
}

const inLocation = (rules: string): string => `server { location / { ${rules} } }`;

describe("the first rule that fits decides", () => {
  test.each<[rules: string, address: string, verdict: Verdict]>([
    ["allow 10.0.0.0/8; deny all;", "10.1.1.1", "allow"],
    ["allow 10.0.0.0/8; deny all;", "11.1.1.1", 403],
    ["allow 10.0.0.0/8; deny all;", "::1", 403],
    ["allow 10.0.0.0/8; deny all;", "::ffff:10.1.1.1", "allow"],
    ["allow 10.0.0.0/8; deny all;", "unix:", 403],
    ["deny 10.0.0.1; allow 10.0.0.0/8;", "10.0.0.1", 403],
    ["deny 10.0.0.1; allow 10.0.0.0/8;", "11.0.0.1", undefined],
    ["deny ::/0;", "10.0.0.1", undefined],
    ["deny ::/0;", "::ffff:10.0.0.1", 403],
    ["deny ::/0; allow 1.2.3.4;", "::ffff:10.0.0.1", undefined],
    ["allow unix:; deny all;", "unix:", "allow"],
    ["allow unix:; deny all;", "10.0.0.1", 403],
    ["deny unix:;", "10.0.0.1", undefined],
    ["allow all;", "no address", 403],
  ])("%s %s", (rules, address, verdict) => expect(judge(inLocation(rules), address).verdict).toBe(verdict));
});

test("a block's own rules replace the outer ones, of both kinds", () => {
  expect(judge("deny all; server { location / { } }", "10.0.0.1").verdict).toBe(403);
  expect(judge("deny all; server { location / { allow 11.0.0.1; } }", "10.0.0.1").verdict).toBeUndefined();
  expect(judge("allow 10.0.0.1; server { deny all; location / { } }", "10.0.0.1").verdict).toBe(403);
});

test("nothing is asked where there is no rule", () => {
  expect(compileHandler(accessModule, "access", inLocation("")).handler).toBeUndefined();
});

test("a refusal is logged, but not where something else may still allow", () => {
  expect(judge(inLocation("deny all;"), "10.0.0.1").log).toEqual(["error: access forbidden by rule"]);
  expect(judge(inLocation("deny all; satisfy any;"), "10.0.0.1").log).toEqual([]);
});

describe("a range", () => {
  test.each([
    ["deny 1.2.3.4/8;", ["warn: low address bits of 1.2.3.4/8 are meaningless"]],
    ["deny host;", ['emerg: invalid parameter "host"']],
    ["deny 1.2.3.4/33;", ['emerg: invalid parameter "1.2.3.4/33"']],
    ["deny ALL;", ['emerg: invalid parameter "ALL"']],
    ["deny unix:/path;", ['emerg: invalid parameter "unix:/path"']],
    ["deny ::1;", []],
  ])("of %s is judged as %j", (rule, messages) => {
    const { diagnostics } = compileHandler(accessModule, "access", inLocation(rule));
    expect(diagnostics.map(({ level, message }) => `${level}: ${message}`)).toEqual(messages);
  });
});

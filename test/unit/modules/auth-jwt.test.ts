import { describe, expect, it } from "vitest";
import { authJwtModule } from "../../../src/modules/auth-jwt.ts";
import { compileHandler } from "./compile-handler.ts";

const messagesOf = (conf: string): readonly string[] =>
  compileHandler(authJwtModule, "access", conf).diagnostics.map(({ level, message }) => `[${level}] ${message}`);

describe("auth_jwt at load", () => {
  it.each([
    "auth_jwt off;",
    "auth_jwt site; auth_jwt_key_file keys.json;",
    "auth_jwt site; server { auth_jwt_key_file a; auth_jwt_key_file b; location / { auth_jwt off; } }",
    "auth_jwt site; auth_jwt_key_request /keys; auth_jwt_key_request @keys; auth_jwt_key_file keys.json; auth_jwt_key_cache 1h;",
    "auth_jwt_type nested; auth_jwt_leeway 1m; auth_jwt_key_cache 1h;",
    "auth_jwt_claim_set $mail info e-mail; auth_jwt_claim_set $job info job; auth_jwt_header_set $kid kid;",
    "server { location / { limit_except GET { auth_jwt site; auth_jwt_key_file k; auth_jwt_type encrypted; } } }",
  ])("takes %s", (conf) => expect(messagesOf(conf)).toEqual([]));

  it.each([
    ["auth_jwt;", 'invalid number of arguments in "auth_jwt" directive'],
    ["auth_jwt a; auth_jwt b;", '"auth_jwt" directive is duplicate'],
    ["auth_jwt a token=b;", 'invalid variable name "b"'],
    ["auth_jwt a token=$;", "invalid variable name"],
    ["auth_jwt_type plain;", 'invalid value "plain"'],
    ["auth_jwt_leeway soon;", '"auth_jwt_leeway" directive invalid value'],
    ["auth_jwt_key_cache soon;", '"auth_jwt_key_cache" directive invalid value'],
    ["auth_jwt_claim_set $a;", 'invalid number of arguments in "auth_jwt_claim_set" directive'],
    ["auth_jwt_claim_set a b;", 'invalid variable name "a"'],
    ["server { auth_jwt_claim_set $a b; }", '"auth_jwt_claim_set" directive is not allowed here'],
    ["auth_jwt_key_request;", 'invalid number of arguments in "auth_jwt_key_request" directive'],
    ["auth_jwt_require a;", 'invalid variable name "a"'],
    ["auth_jwt_require error=403;", 'invalid number of arguments in "auth_jwt_require" directive'],
    ["auth_jwt_require $jwt_claim_a error=404;", 'invalid parameter "error=404"'],
  ])("refuses %s", (conf, message) => expect(messagesOf(conf).join()).toContain(`[emerg] ${message}`));

  it("asks for nothing where it is off or not set", () => {
    for (const conf of ["", "auth_jwt off;", "auth_jwt_key_file keys.json;"])
      expect(compileHandler(authJwtModule, "access", conf).handler).toBeUndefined();
    expect(compileHandler(authJwtModule, "access", "auth_jwt site;").handler).toBeDefined();
  });
});

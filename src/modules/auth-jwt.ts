/** `auth_jwt`: who may come in, by a signed or encrypted token (nginx: ngx_http_auth_jwt_module). */

import { named } from "../config/args.ts";
import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import { oneOf, seconds, template, time } from "../config/values.ts";
import { declareComputedVariable } from "../http/computed-variable.ts";
import { inConfPrefix } from "../http/conf-path.ts";
import { ChangingFiles } from "../http/files/changing-files.ts";
import { readBearerToken } from "../http/message/bearer-token.ts";
import { type DeclareScope, defineModule, type Scope } from "../http/module.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import type { Evaluate } from "../http/template.ts";
import { textAt, textUnder } from "./auth-jwt/json.ts";
import { KeyFile } from "./auth-jwt/key-file.ts";
import { AnsweredKeySets, KeyRequest } from "./auth-jwt/key-request.ts";
import { type KeySet, parseKeySet } from "./auth-jwt/key-set.ts";
import { type KeySource, NoKeys, readKeySets } from "./auth-jwt/key-sources.ts";
import { forgetUnchecked, keepChecked, knownToken, tokenSources } from "./auth-jwt/known-token.ts";
import { readMemberVariable, readRequirement, variableFirst } from "./auth-jwt/read-settings.ts";
import type { Token } from "./auth-jwt/read-token.ts";
import { TokenChecks } from "./auth-jwt/token-checks.ts";
import { isRefusal, type TokenRefusal, type TokenType } from "./auth-jwt/verify-token.ts";

const LEVELS = ["http", "server", "location"] as const;
const PLACES = [...LEVELS, "limit_except"] as const;
/** One list: a level that names its own keys trusts no one else's. */
const KEYS = { in: PLACES, value: template(), slot: "auth_jwt_keys" } as const;
const MEMBER_VARIABLE = { in: ["http"], parse: readMemberVariable, arity: [2, Infinity], syntax: "$variable name ..." } as const;

export const authJwtDirectives = defineDirectives({
  auth_jwt: one({
    in: PLACES,
    args: { realm: template(), token: named(variableFirst, undefined) },
    syntax: "string [token=$variable] | off",
  }),
  auth_jwt_claim_set: many(MEMBER_VARIABLE),
  auth_jwt_header_set: many(MEMBER_VARIABLE),
  auth_jwt_key_cache: one({ in: LEVELS, value: time(), default: 0 }),
  auth_jwt_key_file: many({ ...KEYS, syntax: "file" }),
  auth_jwt_key_request: many({ ...KEYS, syntax: "uri" }),
  auth_jwt_leeway: one({ in: LEVELS, value: seconds(), default: 0 }),
  auth_jwt_require: many({ in: PLACES, parse: readRequirement, arity: [1, Infinity], syntax: "$value ... [error=401 | 403]" }),
  auth_jwt_type: one({ in: PLACES, value: oneOf("signed", "encrypted", "nested"), default: "signed" as const }),
});

type Settings = SettingsOf<typeof authJwtDirectives>;

export const authJwtModule = defineModule({
  name: "auth_jwt",
  directives: authJwtDirectives,
  variables: {
    jwt_header_: { family: (name) => (r) => textUnder(knownToken(r)?.header, name) },
    jwt_claim_: { family: (name) => (r) => textUnder(knownToken(r)?.claims, name) },
    jwt_payload: (r) => knownToken(r)?.payload ?? "",
  },
  declare(conf, scope) {
    // The lists are inherited: only http, where they stand, declares them.
    if (scope.block.own["auth_jwt_claim_set"] !== undefined) declareMembers(conf.auth_jwt_claim_set, "claims", scope);
    if (scope.block.own["auth_jwt_header_set"] !== undefined) declareMembers(conf.auth_jwt_header_set, "header", scope);
  },
  phases: {
    access(conf, scope) {
      if (conf.auth_jwt === undefined) return undefined;
      if (conf.auth_jwt.realm.text === "off") {
        tokenSources.keep(scope, "off");
        return undefined;
      }
      const guard = compileGuard(conf, conf.auth_jwt, scope);
      tokenSources.keep(scope, guard.token);
      return (r) => authenticate(r, guard);
    },
    precontent: (conf) => (conf.auth_jwt === undefined || conf.auth_jwt.realm.text === "off" ? undefined : forgetUnchecked),
  },
});

function declareMembers(variables: Settings["auth_jwt_claim_set"], of: "claims" | "header", scope: DeclareScope): void {
  for (const variable of variables) {
    declareComputedVariable(variable, scope)?.((r) => textAt(knownToken(r)?.[of], variable.names));
  }
}

interface Guard {
  readonly realm: Evaluate;
  readonly token: Evaluate;
  readonly keySources: readonly KeySource[];
  readonly type: TokenType;
  readonly leeway: number;
  readonly requirements: readonly Requirement[];
  readonly checks: TokenChecks;
}

interface Requirement {
  readonly values: readonly Evaluate[];
  readonly status: 401 | 403;
}

function compileGuard(conf: Settings, { realm, token }: NonNullable<Settings["auth_jwt"]>, scope: Scope): Guard {
  return {
    realm: scope.template(realm).evaluate,
    token: token === undefined ? (r) => readBearerToken(r.head.field("authorization")) : scope.template(token).evaluate,
    keySources: conf.auth_jwt_keys.map((keys) => compileKeySource(conf, keys, scope)),
    type: conf.auth_jwt_type,
    leeway: conf.auth_jwt_leeway,
    requirements: conf.auth_jwt_require.map(({ values, status }) => ({
      values: values.map((value) => scope.template(value).evaluate),
      status,
    })),
    checks: scope.services.shared("auth_jwt checks", () => new TokenChecks()),
  };
}

function compileKeySource(conf: Settings, keys: Settings["auth_jwt_keys"][number], scope: Scope): KeySource {
  const { services } = scope;
  // nginx: keys whose name holds a variable are not kept.
  const cacheMs = keys.value.parts.every((part) => typeof part === "string") ? conf.auth_jwt_key_cache : 0;
  if (keys.directive === "auth_jwt_key_request") {
    const answered = services.shared("auth_jwt answers", () => new AnsweredKeySets());
    return new KeyRequest(scope.template(keys.value).evaluate, answered.of(keys), cacheMs);
  }
  const files = services.shared("auth_jwt files", () => new ChangingFiles<KeySet | SyntaxError>(parseKeySet));
  return new KeyFile(scope.template(inConfPrefix(keys.value, scope.paths)).evaluate, files, cacheMs);
}

function authenticate(r: RequestContext, guard: Guard): Verdict | Promise<Verdict> {
  const realm = guard.realm(r);
  if (realm === "off") return undefined;
  keepChecked(r, "unchecked");
  const text = guard.token(r);
  if (text === "") {
    logRequestError(r, "info", "no JWT was provided");
    keepChecked(r, "refused");
    return challenge(r, realm, "");
  }
  const read = readKeySets(r, guard.keySources);
  return read instanceof Promise
    ? read.then((keySets) => checkToken(r, guard, realm, text, keySets))
    : checkToken(r, guard, realm, text, read);
}

function checkToken(
  r: RequestContext,
  guard: Guard,
  realm: string,
  text: string,
  keySets: readonly KeySet[] | NoKeys | "gone",
): Verdict | Promise<Verdict> {
  if (keySets === "gone") return 499;
  if (keySets instanceof NoKeys) return refuseKeys(r, keySets.reason);
  if (keySets.length === 0) return refuseKeys(r, 'no "auth_jwt_key_file" or "auth_jwt_key_request" is defined');
  const checked = guard.checks.check(text, { type: guard.type, keySets, leeway: guard.leeway }, Date.now() / 1000);
  return checked instanceof Promise ? checked.then((settled) => conclude(r, guard, realm, settled)) : conclude(r, guard, realm, checked);
}

function refuseKeys(r: RequestContext, why: string): number {
  logRequestError(r, "error", why);
  keepChecked(r, "refused");
  return 500;
}

function conclude(r: RequestContext, guard: Guard, realm: string, checked: Token | TokenRefusal): Verdict {
  if (isRefusal(checked)) {
    r.trace?.({ step: "auth_jwt", subject: "token", text: `is refused: ${checked.refused}`, won: false });
    logRequestError(r, "error", `JWT is refused: ${checked.refused}`);
    keepChecked(r, "refused");
    return challenge(r, realm, ', error="invalid_token"');
  }
  keepChecked(r, checked);
  const missed = guard.requirements.find(({ values }) => !values.every((evaluate) => isTrue(evaluate(r))));
  r.trace?.({
    step: "auth_jwt",
    subject: "token",
    text: missed === undefined ? "is valid" : "is valid, but auth_jwt_require is not met",
    won: missed === undefined,
  });
  if (missed === undefined) return "allow";
  logRequestError(r, "error", "JWT is refused: auth_jwt_require is not met");
  return missed.status === 403 ? 403 : challenge(r, realm, ', error="invalid_token"');
}

function isTrue(value: string): boolean {
  return value !== "" && value !== "0";
}

const LINE_ENDS = /[\0\r\n]/g;

/** `error`: a further parameter where there was a token (RFC 6750, section 3.1). */
function challenge(r: RequestContext, realm: string, error: string): number {
  r.challenges = [`Bearer realm="${realm.replace(LINE_ENDS, " ")}"${error}`];
  return 401;
}

/** `auth_basic`: who may come in, by name and password (nginx: ngx_http_auth_basic_module). */

import { defineDirectives, one } from "../config/define-directives.ts";
import { template } from "../config/values.ts";
import { inConfPrefix } from "../http/conf-path.ts";
import { ChangingFiles } from "../http/files/changing-files.ts";
import { readBasicCredentials } from "../http/message/basic-credentials.ts";
import { defineModule } from "../http/module.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import type { Template } from "../http/template.ts";
import { describeSystemError } from "../log/system-error.ts";
import { type Passwords, parsePasswords } from "./auth-basic/parse-passwords.ts";
import { PasswordChecks } from "./auth-basic/password-checks.ts";
import type { Verification } from "./auth-basic/verify-password.ts";

const PLACES = ["http", "server", "location", "limit_except"] as const;

const directives = defineDirectives({
  auth_basic: one({ in: PLACES, value: template(), syntax: "string | off" }),
  auth_basic_user_file: one({ in: PLACES, value: template(), syntax: "file" }),
});

export const authBasicModule = defineModule({
  name: "auth_basic",
  directives,
  phases: {
    access(conf, scope) {
      // nginx: one without the other asks for nothing.
      if (conf.auth_basic === undefined || conf.auth_basic.text === "off" || conf.auth_basic_user_file === undefined) return undefined;
      const guard: Guard = {
        realm: scope.template(conf.auth_basic),
        userFile: scope.template(inConfPrefix(conf.auth_basic_user_file, scope.paths)),
        files: scope.services.shared("auth_basic files", () => new ChangingFiles(parsePasswords)),
        checks: scope.services.shared("auth_basic checks", () => new PasswordChecks()),
      };
      return (r) => authenticate(r, guard);
    },
  },
});

interface Guard {
  readonly realm: Template;
  readonly userFile: Template;
  readonly files: ChangingFiles<Passwords>;
  readonly checks: PasswordChecks;
}

function authenticate(r: RequestContext, guard: Guard): Verdict | Promise<Verdict> {
  const realm = guard.realm.evaluate(r);
  if (realm === "off") return undefined;
  const credentials = readBasicCredentials(r.head.field("authorization"));
  if (credentials === undefined) {
    logRequestError(r, "info", "no user/password was provided for basic authentication");
    return challenge(r, realm);
  }
  const path = guard.userFile.evaluate(r);
  const passwords = guard.files.read(path, 0);
  if (passwords instanceof Error) return refuseFile(r, path, passwords);
  const { user, password } = credentials;
  const stored = passwords.get(user);
  if (stored === undefined) {
    logRequestError(r, "error", `user "${user}" was not found in "${path}"`);
    return challenge(r, realm);
  }
  const verification = guard.checks.check(password, stored);
  if (!(verification instanceof Promise)) return conclude(r, user, verification, realm);
  return verification.then((settled) => conclude(r, user, settled, realm));
}

function conclude(r: RequestContext, user: string, verification: Verification, realm: string): Verdict {
  r.trace?.({ step: "auth_basic", subject: user, text: verification === true ? "has the right password" : "is refused", won: true });
  if (verification === true) return "allow";
  const why = verification === "unknown" ? "its password is kept in a way that is not supported" : "password mismatch";
  logRequestError(r, "error", `user "${user}": ${why}`);
  return challenge(r, realm);
}

const LINE_ENDS = /[\0\r\n]/g;

function challenge(r: RequestContext, realm: string): number {
  r.challenges = [`Basic realm="${realm.replace(LINE_ENDS, " ")}"`];
  return 401;
}

/** nginx: without the file nobody comes in; any other trouble with it is the server's own. */
function refuseFile(r: RequestContext, path: string, error: NodeJS.ErrnoException): number {
  const isMissing = error.code === "ENOENT";
  logRequestError(r, isMissing ? "error" : "crit", `open() "${path}" failed (${describeSystemError(error)})`);
  return isMissing ? 403 : 500;
}

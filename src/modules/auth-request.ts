/** `auth_request`: a subrequest's status says who may come in (nginx: ngx_http_auth_request_module). */

import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import type { Report } from "../config/report.ts";
import { parseTemplateText, type TemplateText } from "../config/template-text.ts";
import type { Arg } from "../config/tree.ts";
import { text } from "../config/values.ts";
import { InternalRedirect } from "../http/internal-redirect.ts";
import { defineModule, type Scope } from "../http/module.ts";
import type { Verdict } from "../http/phase.ts";
import { NO_CHALLENGES, type RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import { isBodyStream, type Response } from "../http/response.ts";
import { callOf, Subrequest, type SubrequestCall } from "../http/subrequest.ts";

const LOCATIONS = ["http", "server", "location"] as const;

const authRequestDirectives = defineDirectives({
  auth_request: one({ in: LOCATIONS, value: text(), syntax: "uri | off" }),
  auth_request_set: many({ in: LOCATIONS, parse: readAssignment, arity: 2, syntax: "$variable value" }),
});

/** One `auth_request_set`. */
interface AssignmentText {
  /** Without "$". */
  readonly name: string;
  readonly nameArg: Arg;
  readonly value: TemplateText;
}

/** Gives a variable of the request its value, as the subrequest knows it. */
type Assign = (r: RequestContext, subrequest: RequestContext) => void;

export const authRequestModule = defineModule({
  name: "auth_request",
  directives: authRequestDirectives,
  declare(conf, scope) {
    for (const { name } of conf.auth_request_set) if (!scope.variables.isTaken(name)) scope.variables.declare(name);
  },
  phases: {
    access(conf, scope) {
      const assigns = compileAssignments(conf, scope);
      if (conf.auth_request === undefined || conf.auth_request === "off") return undefined;
      const call = callOf(new InternalRedirect(conf.auth_request));
      return (r) => askSubrequest(r, call, assigns);
    },
  },
});

function askSubrequest(r: RequestContext, call: SubrequestCall, assigns: readonly Assign[]): Promise<Verdict> {
  return new Promise((resolve) => {
    const settle = (verdict: Verdict): void => {
      r.exchange.onGone = undefined;
      for (const assign of assigns) assign(r, subrequest.r);
      r.trace?.({ step: "auth_request", subject: subrequest.r.uri, text: `answers ${subrequest.r.status}`, won: verdict === "allow" });
      subrequest.finish();
      resolve(verdict);
    };
    const subrequest = new Subrequest(r, call, {
      answered: (response) => {
        if (isBodyStream(response.body)) response.body.abort();
        settle(judge(r, subrequest.r, response));
      },
      unanswered: settle,
    });
    r.exchange.onGone = () => {
      subrequest.abort();
      settle(499);
    };
    if (!subrequest.start()) settle(500);
  });
}

function judge(r: RequestContext, subrequest: RequestContext, response: Response): Verdict {
  const { status } = response;
  if (status >= 200 && status < 300) return "allow";
  if (status === 403) return 403;
  if (status === 401) {
    r.challenges = challengesOf(subrequest, response);
    return 401;
  }
  logRequestError(r, "error", `auth request unexpected status: ${status}`);
  return 500;
}

/** nginx: the answer's WWW-Authenticate, else the upstream's own, which an error page has replaced. */
function challengesOf(subrequest: RequestContext, response: Response): readonly string[] {
  const own = response.fieldLines("WWW-Authenticate");
  return own.length > 0 ? own : (subrequest.upstreamHead?.fieldLines("www-authenticate") ?? NO_CHALLENGES);
}

function readAssignment(args: readonly Arg[], report: Report): AssignmentText | undefined {
  const [nameArg, valueArg] = args;
  if (nameArg === undefined || valueArg === undefined) return undefined;
  if (!/^\$./s.test(nameArg.text)) return report.error(`invalid variable name "${nameArg.text}"`, nameArg.span);
  const value = parseTemplateText(valueArg, report);
  return value === undefined ? undefined : { name: nameArg.text.slice(1), nameArg, value };
}

function compileAssignments(conf: SettingsOf<typeof authRequestDirectives>, scope: Scope): readonly Assign[] {
  return conf.auth_request_set.map(({ name, nameArg, value }): Assign => {
    const { evaluate } = scope.template(value);
    const set = scope.variables.setter(name) ?? declaredSetter(name, nameArg, scope);
    return (r, subrequest) => set(r, evaluate(subrequest));
  });
}

function declaredSetter(name: string, nameArg: Arg, scope: Scope): (r: RequestContext, value: string) => void {
  if (scope.variables.isTaken(name)) {
    scope.report({ level: "emerg", code: "duplicate-variable", message: `the duplicate "${name}" variable`, span: nameArg.span });
  }
  const index = scope.variables.declare(name);
  return (r, value) => {
    r.values ??= [];
    r.values[index] = value;
  };
}

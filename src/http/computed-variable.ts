/** A variable that a block of the configuration computes (`map`, `geo`, `split_clients`): evaluated at its first use in a request, then kept. */

import type { Report } from "../config/report.ts";
import type { Span } from "../config/source.ts";
import type { Arg } from "../config/tree.ts";
import type { DeclareScope } from "./module.ts";
import type { RequestContext } from "./request-context.ts";
import { logRequestError } from "./request-log.ts";
import type { Evaluate } from "./template.ts";

export interface ComputedVariable {
  /** Without "$". */
  readonly variable: string;
  readonly variableSpan: Span;
  /** Evaluated anew each time (nginx: NGX_HTTP_VAR_NOCACHEABLE). */
  readonly isVolatile: boolean;
}

/** The name behind "$". */
export function readVariableName(arg: Arg, report: Report): string | undefined {
  return /^\$\w+$/.test(arg.text) ? arg.text.slice(1) : report.error(`invalid variable name "${arg.text}"`, arg.span);
}

/** Makes the name known; the value comes with what is given to the returned function. Undefined, and reported, for a built-in name. */
export function declareComputedVariable(
  { variable, variableSpan, isVolatile }: ComputedVariable,
  scope: DeclareScope,
): ((evaluate: Evaluate) => void) | undefined {
  const { variables } = scope;
  if (variables.isTaken(variable) && !variables.isComputed(variable)) {
    const message = `the duplicate "${variable}" variable`;
    scope.report({ level: "emerg", code: "duplicate-variable", message, span: variableSpan });
    return undefined;
  }
  const index = variables.declare(variable);
  let compute: Evaluate = () => "";
  let isComputing = false;
  const evaluate = (r: RequestContext): string => {
    if (isComputing) {
      logRequestError(r, "error", `cycle while evaluating variable "${variable}"`);
      return "";
    }
    isComputing = true;
    try {
      return compute(r);
    } finally {
      isComputing = false;
    }
  };
  const keep = (r: RequestContext, value: string): string => {
    r.values ??= [];
    r.values[index] = value;
    return value;
  };
  variables.addComputed(variable, {
    get: isVolatile ? evaluate : (r) => r.values?.[index] ?? keep(r, evaluate(r)),
    set: keep,
  });
  return (linked) => {
    compute = linked;
  };
}

/** The arguments of `auth_jwt`'s directives that are read by hand. */

import type { Report } from "../../config/report.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import type { Arg } from "../../config/tree.ts";
import type { Value } from "../../config/value.ts";
import { type ComputedVariable, readVariableName } from "../../http/computed-variable.ts";

/** `auth_jwt_require`: every value has to be neither empty nor "0". */
export interface RequirementText {
  readonly values: readonly TemplateText[];
  readonly status: 401 | 403;
}

export function readRequirement(args: readonly Arg[], report: Report): RequirementText | undefined {
  const values: TemplateText[] = [];
  let status: 401 | 403 = 401;
  for (const arg of args) {
    if (arg.text.startsWith("error=")) {
      if (arg.text !== "error=401" && arg.text !== "error=403")
        return report.error(`invalid parameter "${arg.text}"`, arg.span, "401 or 403");
      status = arg.text === "error=401" ? 401 : 403;
      continue;
    }
    const value = variableFirst.read(arg, report);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values.length > 0 ? { values, status } : report.error(`invalid number of arguments in "${report.directive}" directive`);
}

/** Text that begins with a variable. */
export const variableFirst: Value<TemplateText> = {
  syntax: "$variable",
  read: (arg, report) =>
    arg.text.startsWith("$") ? parseTemplateText(arg, report) : report.error(`invalid variable name "${arg.text}"`, arg.span),
};

/** `auth_jwt_claim_set`, `auth_jwt_header_set`: a variable for what stands behind nested names. */
export interface MemberVariable extends ComputedVariable {
  /** As JSON has them, not in latin1. */
  readonly names: readonly string[];
}

export function readMemberVariable([variableArg, ...nameArgs]: readonly Arg[], report: Report): MemberVariable | undefined {
  if (variableArg === undefined) return undefined;
  const variable = readVariableName(variableArg, report);
  const names = nameArgs.map(({ text }) => Buffer.from(text, "latin1").toString("utf8"));
  // Volatile: what it says before the token is checked must not be what it says afterwards.
  return variable === undefined ? undefined : { variable, variableSpan: variableArg.span, isVolatile: true, names };
}

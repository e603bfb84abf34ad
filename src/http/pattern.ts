/** Regular expressions that directives take (`rewrite`, `if`, `map`): compiled while the configuration is read, matched with captures kept on the request. */

import type { Report } from "../config/report.ts";
import { type Arg, partSpan } from "../config/tree.ts";
import type { NamedCapture } from "./compiled.ts";
import { captureNamed } from "./enter-location.ts";
import type { DeclareScope } from "./module.ts";
import type { RequestContext } from "./request-context.ts";
import { logRequestError } from "./request-log.ts";
import { type TranslatedPattern, translatePcre } from "./routing/pcre.ts";

export type { TranslatedPattern };

export function readPattern(arg: Arg, isCaseless: boolean, report: Report): TranslatedPattern | undefined {
  const pattern = translatePcre(arg.text, { caseless: isCaseless });
  if (!("refusal" in pattern)) return pattern;
  const { message, start, end, hint } = pattern.refusal;
  return report.error(`${message} in "${arg.text}"`, partSpan(arg, start, end), hint);
}

/** Makes the pattern's named groups known as variables; the same name gives the same variable each time. */
export function declareNames(pattern: TranslatedPattern, scope: DeclareScope): readonly NamedCapture[] {
  return pattern.names.map((group) => ({ index: scope.variables.declare(group), group }));
}

/** Matches a subject; keeps what was captured, or forgets what was captured before. */
export function matches(
  r: RequestContext,
  pattern: TranslatedPattern,
  names: readonly NamedCapture[],
  subject: string,
  isLogged: boolean,
): boolean {
  const captures = pattern.regexp.exec(subject);
  if (captures === null) {
    r.captures = undefined;
    if (isLogged) logRequestError(r, "notice", `"${pattern.source}" does not match "${subject}"`);
    return false;
  }
  r.captures = captures;
  captureNamed(r, captures, names);
  if (isLogged) logRequestError(r, "notice", `"${pattern.source}" matches "${subject}"`);
  return true;
}

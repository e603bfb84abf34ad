/** Tells the error log of a running process what is wrong with a configuration that it was to take on. */

import type { Diagnostic } from "../config/diagnostic.ts";
import type { ErrorLog } from "../log/error-log.ts";
import { describeDiagnostic } from "./start-log.ts";

export function reportToLog(diagnostics: readonly Diagnostic[], log: ErrorLog): void {
  for (const diagnostic of diagnostics) {
    if (diagnostic.level !== "notice") log.write(diagnostic.level, undefined, describeDiagnostic(diagnostic));
  }
}

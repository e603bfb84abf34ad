/** Tells what is wrong with a configuration, each thing once. */

import { type Diagnostic, type DiagnosticLevel, formatDiagnostic } from "../config/diagnostic.ts";
import type { StartLog } from "../process/start-log.ts";
import { describeDiagnostic } from "../process/start-log.ts";

/** Mistakes and warnings with code frames; notices, which only `levels` that name them bring, in a line each. */
export function reportDiagnostics(diagnostics: readonly Diagnostic[], levels: readonly DiagnosticLevel[], startLog: StartLog): void {
  const told = new Set<string>();
  for (const diagnostic of diagnostics) {
    if (!levels.includes(diagnostic.level)) continue;
    const text = formatDiagnostic(diagnostic, { program: "foregate" });
    if (told.has(text)) continue;
    told.add(text);
    if (diagnostic.level === "notice") startLog.say(describeNotice(diagnostic));
    else startLog.reportDiagnostic(diagnostic);
  }
}

function describeNotice(diagnostic: Diagnostic): string {
  const line = `foregate: [notice] ${describeDiagnostic(diagnostic)}`;
  return diagnostic.hint === undefined || diagnostic.hint === "" ? line : `${line}: ${diagnostic.hint}`;
}

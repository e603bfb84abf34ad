/** An `access_log` whose path has variables: each line goes to the file that its request names (nginx: ngx_http_log_script_write). */

import { statSync } from "node:fs";
import type { TemplateText } from "../../config/template-text.ts";
import { staysBelow } from "../../http/core/root.ts";
import type { Scope } from "../../http/module.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { logRequestError } from "../../http/request-log.ts";
import type { Evaluate } from "../../http/template.ts";
import type { NamedLogFiles } from "../../log/log-file.ts";
import { describeSystemError } from "../../log/system-error.ts";

export interface NamedLog {
  /** Writes the line, or says in the error log why it cannot. Never throws. */
  write(line: string, r: RequestContext): void;
}

/** Relative paths are below the prefix. */
export function compileNamedLog(path: TemplateText, files: NamedLogFiles, scope: Scope): NamedLog {
  const pathOf = compileLogPath(path, scope);
  const leadsUpward = !staysBelow(path.text);
  return {
    write(line, r) {
      const name = pathOf(r);
      // nginx opens whatever the request makes of the path, and cuts it at a NUL.
      if (name.includes("\0") || (!leadsUpward && !staysBelow(name))) {
        logRequestError(r, "error", `access_log "${name}" is not written: variables must not lead out of its directory`);
        return;
      }
      if (!hasRoot(r)) return;
      try {
        files.write(name, line);
      } catch (error) {
        logRequestError(r, "crit", `open() "${name}" failed (${describeSystemError(error as NodeJS.ErrnoException)})`);
      }
    },
  };
}

function compileLogPath(path: TemplateText, scope: Scope): Evaluate {
  const { evaluate } = scope.template(path);
  if (path.text.startsWith("/")) return evaluate;
  const { prefix } = scope.paths;
  return (r) => prefix + evaluate(r);
}

/** nginx: without the request's root directory nothing is logged, so that a name that is no site's makes no file. */
function hasRoot(r: RequestContext): boolean {
  const root = r.location.settings.documentRoot(r);
  const complain = (cause: string): boolean => {
    logRequestError(r, "error", `testing "${root}" existence failed (${cause})`);
    return false;
  };
  try {
    return statSync(Buffer.from(root, "latin1")).isDirectory() || complain("20: Not a directory");
  } catch (error) {
    return complain(describeSystemError(error as NodeJS.ErrnoException));
  }
}

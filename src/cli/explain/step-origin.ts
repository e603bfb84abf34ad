/** Where the directives behind the steps of a request were written, for steps that do not carry their place. */

import { type Block, originOf, settings } from "../../config/bind.ts";
import type { Span } from "../../config/source.ts";
import type { Statement } from "../../config/tree.ts";
import { errorPageDirectives } from "../../http/core/error-page.ts";

/** The directive of a step in force in `block`; undefined for a default, and for steps that no directive makes. */
export function findStepSpan(block: Block, step: string, subject: string | undefined): Span | undefined {
  switch (step) {
    case "error_page":
      return findErrorPage(block, Number(subject));
    case "static":
      return originOf(block, "root")?.span;
    case "try_files":
    case "index":
      return originOf(block, step)?.span;
    default:
      return undefined;
  }
}

/** The `proxy_pass` of a step named "proxy", and likewise for other protocols. */
export function findPassDirective(block: Block, step: string): Statement | undefined {
  return originOf(block, `${step}_pass`);
}

/** Of several directives the first that names the status counts. */
function findErrorPage(block: Block, status: number): Span | undefined {
  return settings(block, errorPageDirectives).error_page.find(({ statuses }) => statuses.includes(status))?.target.span;
}

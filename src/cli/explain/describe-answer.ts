/** The answer that a request got from foregate itself, as it would be on the wire. */

import { renderResponseHead } from "../../http/connection/response-head-text.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { ExplainedAnswer, ExplainedStep } from "./explanation.ts";

/** Fields that every answer has. */
const NOT_TOLD: ReadonlySet<string> = new Set(["server", "date"]);

export function describeAnswer(r: RequestContext, steps: readonly ExplainedStep[]): ExplainedAnswer {
  const { response } = r;
  if (response === undefined) return { status: r.status, reason: "", fields: [], file: null, body: null };
  const { body, isErrorPage } = response;
  // How the body's end is marked belongs to the connection, and is not told.
  const [statusLine = "", ...lines] = renderResponseHead(r, response, "none", "").trimEnd().split("\r\n");
  const file = isErrorPage ? null : sentFile(steps);
  return {
    status: response.status,
    reason: statusLine.slice("HTTP/1.1 200 ".length),
    fields: lines.map(splitField).filter(([name]) => !NOT_TOLD.has(name.toLowerCase())),
    file,
    body: typeof body === "string" && file === null && !isErrorPage ? body : null,
  };
}

/** The file of the last step, where that was to look at one. */
function sentFile(steps: readonly ExplainedStep[]): string | null {
  const last = steps.at(-1);
  return last?.step === "static" && last.won === true ? last.subject : null;
}

function splitField(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 2)];
}

/** `include`: another page in the place of the command, or its text in a variable (nginx: ngx_http_ssi_include). */

import { collectAnswer } from "../../http/collect-answer.ts";
import type { InternalRedirect } from "../../http/internal-redirect.ts";
import type { Response } from "../../http/response.ts";
import { callOf } from "../../http/subrequest.ts";
import { SubrequestPart } from "../../http/subrequest-part.ts";
import type { SsiParams } from "./command-table.ts";
import { evaluateText, SsiMistake } from "./evaluate-text.ts";
import { includeTarget } from "./include-uri.ts";
import type { SsiPage } from "./ssi-page.ts";
import { StubbedBody } from "./stubbed-body.ts";

export function include(page: SsiPage, params: SsiParams): SsiMistake | undefined {
  const virtual = params.get("virtual");
  const file = params.get("file");
  const set = params.get("set");
  const stub = params.get("stub");
  const wait = params.get("wait")?.toLowerCase();
  const written = virtual ?? file;
  if (virtual !== undefined && file !== undefined) return new SsiMistake(`inlcusion may be either virtual="${virtual}" or file="${file}"`);
  if (written === undefined) return new SsiMistake('no parameter in "include" SSI command');
  if (set !== undefined && stub !== undefined) return new SsiMistake('"set" and "stub" cannot be used together in "include" SSI command');
  if (wait !== undefined && virtual === undefined) return new SsiMistake(`"wait" cannot be used with file="${written}"`);
  if (wait !== undefined && wait !== "yes" && wait !== "no") return new SsiMistake(`invalid value "${wait}" in the "wait" parameter`);
  const text = evaluateText(written, page.values);
  if (text instanceof SsiMistake) return text;
  // nginx: what variables leave empty is not looked for; what is written empty is the directory.
  const target = text === "" && written !== "" ? undefined : includeTarget(text, page.r.uri);
  if (target === undefined) return new SsiMistake(`unsafe URI "${text}" was detected`);
  if (set !== undefined) return includeInVariable(page, target, set);
  const stubText = stub === undefined ? undefined : page.values.block(stub);
  if (stub !== undefined && stubText === undefined) return new SsiMistake(`"stub"="${stub}" for "include" not found`);
  // nginx: a file is always waited for.
  return includePart(page, target, stubText, virtual === undefined || wait === "yes");
}

function includePart(page: SsiPage, target: InternalRedirect, stub: string | undefined, waits: boolean): SsiMistake | undefined {
  const part = new SubrequestPart(page.r, callOf(target), stub === undefined ? undefined : judgeForStub);
  if (!part.ask()) return tooDeep(target);
  page.addPart(stub === undefined ? part : new StubbedBody(part, () => page.rules.openStub(part.subrequest.r, stub)));
  if (waits) page.waitForParts();
  return undefined;
}

/** A stub stands in for error pages, too. */
function judgeForStub(response: Response): Error | undefined {
  return response.isErrorPage ? new Error(`The included page answers ${response.status}`) : undefined;
}

function includeInVariable(page: SsiPage, target: InternalRedirect, name: string): SsiMistake | undefined {
  page.values.declare(name);
  const resume = page.waitForAnswer();
  const subrequest = collectAnswer(page.r, target, (text) => {
    if (text !== undefined) page.values.set(name, text);
    resume();
  });
  if (subrequest === undefined) {
    resume();
    return tooDeep(target);
  }
  page.onAbort(() => subrequest.abort());
  return undefined;
}

function tooDeep({ uri }: InternalRedirect): SsiMistake {
  return new SsiMistake(`"${uri}" is not included: subrequests are nested too deep`);
}

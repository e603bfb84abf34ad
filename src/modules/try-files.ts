/** `try_files`: the first file that is there, else a URI, a named location or a status (nginx: ngx_http_try_files_module). */

import { defineDirectives, one } from "../config/define-directives.ts";
import { parseCount } from "../config/parse-number.ts";
import type { Report } from "../config/report.ts";
import { parseTemplateText, type TemplateText } from "../config/template-text.ts";
import type { Arg } from "../config/tree.ts";
import { compileLinkRule, type LinkRule } from "../http/core/disable-symlinks.ts";
import { meansNotFound } from "../http/core/file.ts";
import { type Alias, aliasOf, staysBelow, uriFollowsAlias } from "../http/core/root.ts";
import { findLinkedFile } from "../http/files/link-check.ts";
import { InternalRedirect } from "../http/internal-redirect.ts";
import { defineModule, type Scope } from "../http/module.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import type { Template } from "../http/template.ts";
import { describeSystemError } from "../log/system-error.ts";

/** A path to look for below the root. */
interface CandidateText {
  readonly path: TemplateText;
  /** Written with a final slash: only a directory counts. */
  readonly isDirectory: boolean;
}

interface TryFiles {
  readonly candidates: readonly CandidateText[];
  /** What is done when no candidate is there: a status, or a URI or "@name". */
  readonly fallback: number | TemplateText;
}

const tryFilesDirectives = defineDirectives({
  // nginx: not inherited; in a server it is for requests that no location takes
  try_files: one({
    in: ["server", "location"],
    parse: readTryFiles,
    arity: [2, Infinity],
    syntax: "file ... uri | =code",
    inherits: false,
  }),
});

interface Candidate {
  readonly path: Template;
  readonly isDirectory: boolean;
}

export const tryFilesModule = defineModule({
  name: "try_files",
  directives: tryFilesDirectives,
  phases: {
    precontent(conf, scope) {
      const setting = conf.try_files;
      if (setting === undefined) return undefined;
      const candidates = setting.candidates.map(({ path, isDirectory }) => ({ path: scope.template(path), isDirectory }));
      const fallback = compileFallback(setting.fallback, scope);
      const alias = aliasOf(scope.block);
      const links = compileLinkRule(scope);
      return (r) => (tryCandidates(r, candidates, alias, links) ? undefined : fallback(r, alias));
    },
  },
});

/** True when one is there: the request goes on with its URI. */
function tryCandidates(
  r: RequestContext,
  candidates: readonly Candidate[],
  alias: Alias | undefined,
  links: LinkRule | undefined,
): boolean {
  const root = r.location.settings.documentRoot(r);
  for (const candidate of candidates) {
    const tail = tailOf(r, candidate.path, alias);
    const path = root + tail;
    const verdict = lookAt(r, path, candidate, links);
    r.trace?.({
      step: "try_files",
      subject: `${candidate.path.source}${candidate.isDirectory ? "/" : ""}`,
      text: `"${path}" ${verdict}`,
      won: verdict === "is there",
    });
    if (verdict !== "is there") continue;
    takeUri(r, tail, candidate.isDirectory, alias);
    return true;
  }
  return false;
}

/** What stands behind the root: the value; where it has variables, without the name of the location that an alias stands for. */
function tailOf(r: RequestContext, path: Template, alias: Alias | undefined): string {
  const value = path.evaluate(r);
  if (alias === undefined || alias.kind === "whole" || path.constant !== undefined) return value;
  return value.startsWith(alias.locationName) ? value.slice(alias.locationName.length) : value;
}

type Look = "is there" | "is not there" | "is a directory" | "is not a directory" | "leads outside of the root" | "cannot be looked at";

function lookAt(r: RequestContext, path: string, candidate: Candidate, links: LinkRule | undefined): Look {
  // A configuration may lead upward on purpose; a request's values may not.
  if (candidate.path.constant === undefined && !staysBelow(path)) return "leads outside of the root";
  const found = findLinkedFile(r, path, links);
  if (found === undefined) return "is not there";
  if (found instanceof Error) {
    if (meansNotFound(found)) return "is not there";
    logRequestError(r, "crit", `stat() "${path}" failed (${describeSystemError(found)})`);
    return "cannot be looked at";
  }
  if (found.isDirectory() === candidate.isDirectory) return "is there";
  return candidate.isDirectory ? "is not a directory" : "is a directory";
}

function takeUri(r: RequestContext, tail: string, isDirectory: boolean, alias: Alias | undefined): void {
  if (alias === undefined) {
    r.uri = tail;
  } else if (alias.kind === "prefix") {
    r.uri = r.uri.slice(0, alias.locationName.length) + tail;
  } else if (!isDirectory) {
    r.uri = tail;
    uriFollowsAlias.set(r, true);
  }
}

function compileFallback(fallback: TryFiles["fallback"], scope: Scope): (r: RequestContext, alias: Alias | undefined) => Verdict {
  if (typeof fallback === "number") {
    return (r) => {
      r.trace?.({ step: "try_files", subject: `=${fallback}`, text: "none of them is there", won: true });
      return fallback;
    };
  }
  const target = scope.template(fallback);
  return (r, alias) => {
    // nginx takes an alias's location name off the fallback too
    const text = tailOf(r, target, alias);
    r.trace?.({ step: "try_files", subject: fallback.text, text: `none of them is there: the request goes on as "${text}"`, won: true });
    const question = text.startsWith("@") ? -1 : text.indexOf("?");
    if (question !== -1) return new InternalRedirect(text.slice(0, question), text.slice(question + 1));
    return new InternalRedirect(text);
  };
}

function readTryFiles(args: readonly Arg[], report: Report): TryFiles | undefined {
  const last = args.at(-1);
  const fallback = last === undefined ? undefined : readFallback(last, report);
  const candidates: CandidateText[] = [];
  for (const arg of args.slice(0, -1)) {
    const isDirectory = arg.text.endsWith("/");
    const path = parseTemplateText(isDirectory ? { ...arg, text: arg.text.slice(0, -1) } : arg, report);
    if (path !== undefined) candidates.push({ path, isDirectory });
  }
  return fallback === undefined ? undefined : { candidates, fallback };
}

function readFallback(arg: Arg, report: Report): number | TemplateText | undefined {
  if (!arg.text.startsWith("=")) return parseTemplateText(arg, report);
  const status = parseCount(arg.text.slice(1));
  return status === undefined || status > 999 ? report.error(`invalid code "${arg.text}"`, arg.span) : status;
}

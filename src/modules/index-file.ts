/** `index`: which file stands for a directory (nginx: ngx_http_index_module). */

import { defineDirectives, many } from "../config/define-directives.ts";
import type { Report } from "../config/report.ts";
import { constantTemplate, parseTemplateText, type TemplateText } from "../config/template-text.ts";
import type { Arg } from "../config/tree.ts";
import { compileLinkRule, disableSymlinksDirectives, type LinkRule } from "../http/core/disable-symlinks.ts";
import { explainMissing, fileDirectives, isForbidden, meansNotFound } from "../http/core/file.ts";
import { refuseUnmapped } from "../http/core/root.ts";
import { findLinkedFile } from "../http/files/link-check.ts";
import { InternalRedirect } from "../http/internal-redirect.ts";
import { defineModule } from "../http/module.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import type { Template } from "../http/template.ts";
import { describeSystemError } from "../log/system-error.ts";

const indexDirectives = defineDirectives({
  index: many({
    in: ["http", "server", "location"],
    parse: readIndex,
    arity: [1, Infinity],
    syntax: "file ...",
    default: [[constantTemplate("index.html")]],
  }),
});

const SLASH = 0x2f;

export const indexFileModule = defineModule({
  name: "index",
  directives: indexDirectives,
  reads: [fileDirectives, disableSymlinksDirectives],
  phases: {
    content(conf, scope) {
      const candidates = conf.index.flat().map((text) => scope.template(text));
      const { log_not_found } = scope.settings(fileDirectives);
      const links = compileLinkRule(scope);
      return (r) => (r.uri.charCodeAt(r.uri.length - 1) === SLASH ? findIndex(r, candidates, links, log_not_found) : undefined);
    },
  },
});

/** Redirects to the first candidate that is there; undefined when the directory has none of them. */
function findIndex(r: RequestContext, candidates: readonly Template[], links: LinkRule | undefined, logNotFound: boolean): Verdict {
  if (r.method !== "GET" && r.method !== "HEAD" && r.method !== "POST") return undefined;
  let directory = "";
  let directoryIsThere = false;
  for (const candidate of candidates) {
    const name = candidate.evaluate(r);
    if (name.charCodeAt(0) === SLASH) return redirectTo(r, name, name, "is absolute and taken unseen");
    if (directory === "") {
      directory = r.location.settings.mapPath(r, r.uri);
      if (directory === "") return refuseUnmapped(r);
    }
    const path = directory + name;
    const found = findLinkedFile(r, path, links);
    if (found !== undefined && !(found instanceof Error)) return redirectTo(r, r.uri + name, name, `"${path}" is there`);
    r.trace?.({
      step: "index",
      subject: name,
      text: `"${path}" ${found === undefined ? "is not there" : "cannot be looked at"}`,
      won: false,
    });
    // A missing candidate is no mistake where the directory is there, and then needs no error made for it.
    if (found !== undefined) return refuseIndex(r, path, found, logNotFound);
    directoryIsThere ||= isDirectory(r, directory, links);
    if (!directoryIsThere) return refuseIndex(r, path, explainMissing(path), logNotFound);
  }
  return undefined;
}

function redirectTo(r: RequestContext, uri: string, subject: string, why: string): InternalRedirect {
  r.trace?.({ step: "index", subject, text: `${why}: the request goes on as "${uri}"`, won: true });
  return new InternalRedirect(uri, r.args);
}

function refuseIndex(r: RequestContext, path: string, error: NodeJS.ErrnoException, logNotFound: boolean): number {
  if (isForbidden(error)) {
    logRequestError(r, "error", `"${path}" is forbidden (${describeSystemError(error)})`);
    return 403;
  }
  if (meansNotFound(error)) {
    if (logNotFound) logRequestError(r, "error", `"${path}" is not found (${describeSystemError(error)})`);
    return 404;
  }
  logRequestError(r, "crit", `stat() "${path}" failed (${describeSystemError(error)})`);
  return 500;
}

/** nginx: a directory that may be searched but not looked at counts as being there. */
function isDirectory(r: RequestContext, directory: string, links: LinkRule | undefined): boolean {
  const found = findLinkedFile(r, directory, links);
  return found instanceof Error ? found.code === "EACCES" : found?.isDirectory() === true;
}

function readIndex(args: readonly Arg[], report: Report): readonly TemplateText[] | undefined {
  const candidates: TemplateText[] = [];
  for (const [position, arg] of args.entries()) {
    if (arg.text === "") return report.error(`index "${args[0]?.text}" in "index" directive is invalid`, arg.span);
    if (arg.text.startsWith("/") && position !== args.length - 1) {
      return report.error('only the last index in "index" directive may be absolute', arg.span);
    }
    const candidate = parseTemplateText(arg, report);
    if (candidate !== undefined) candidates.push(candidate);
  }
  return candidates;
}

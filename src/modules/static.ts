/** Files below the root (nginx: ngx_http_static_module): the content handler of last resort. */

import type { Stats } from "node:fs";
import { disableSymlinksDirectives } from "../http/core/disable-symlinks.ts";
import { asSystemError, explainMissing, fileDirectives, type findFile, refuseFile } from "../http/core/file.ts";
import { refuseUnmapped } from "../http/core/root.ts";
import { redirectResponse } from "../http/core/special-response.ts";
import { findLinkedFile } from "../http/files/link-check.ts";
import { createFileService, type FileService, sendFile } from "../http/files/send-file.ts";
import { escapeUri } from "../http/message/escape.ts";
import { defineModule } from "../http/module.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import type { Response } from "../http/response.ts";

const SLASH = 0x2f;

export const staticModule = defineModule({
  name: "static",
  directives: {},
  reads: [fileDirectives, disableSymlinksDirectives],
  phases: {
    content(_conf, scope) {
      const service = createFileService(scope);
      return (r) => serveFile(r, service);
    },
  },
});

function serveFile(r: RequestContext, service: FileService): Verdict {
  const { method, uri } = r;
  if (method !== "GET" && method !== "HEAD" && method !== "POST") return 405;
  const path = r.location.settings.mapPath(r, uri);
  if (path === "") return refuseUnmapped(r);
  if (uri.charCodeAt(uri.length - 1) === SLASH) {
    logRequestError(r, "error", `directory index of "${path}" is forbidden`);
    return 403;
  }
  const found = findLinkedFile(r, path, service.links);
  if (r.trace !== undefined) traceFile(r.trace, path, found);
  if (found === undefined || found instanceof Error) return refuseFile(r, path, found ?? explainMissing(path), service.logNotFound);
  if (found.isFile()) return method === "POST" ? 405 : sendOrRefuse(r, path, found, service);
  if (found.isDirectory()) return redirectToDirectory(r);
  logRequestError(r, "crit", `"${path}" is not a regular file`);
  return 404;
}

function sendOrRefuse(r: RequestContext, path: string, stats: Stats, service: FileService): Verdict {
  try {
    return sendFile(r, path, stats, service);
  } catch (error) {
    return refuseFile(r, path, asSystemError(error), service.logNotFound);
  }
}

function traceFile(trace: NonNullable<RequestContext["trace"]>, path: string, found: ReturnType<typeof findFile>): void {
  const isFile = found !== undefined && !(found instanceof Error) && found.isFile();
  const kind = found instanceof Error ? "cannot be looked at" : found === undefined ? "is not there" : isFile ? "is a file" : "is no file";
  trace({ step: "static", subject: path, text: kind, won: isFile });
}

function redirectToDirectory(r: RequestContext): Response {
  const directory = `${escapeUri(r.uri, "uri")}/`;
  return redirectResponse(r, 301, r.args === "" ? directory : `${directory}?${r.args}`);
}

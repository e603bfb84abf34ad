/** Files below the root (nginx: ngx_http_static_module): the content handler of last resort. */

import { closeSync, fstatSync, openSync, type Stats } from "node:fs";
import { asSystemError, explainMissing, fileDirectives, findFile, refuseFile, systemPath } from "../http/core/file.ts";
import { refuseUnmapped } from "../http/core/root.ts";
import { redirectResponse } from "../http/core/special-response.ts";
import { escapeUri } from "../http/message/escape.ts";
import { fileEntityTag } from "../http/message/etag.ts";
import { defineModule } from "../http/module.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { logRequestError } from "../http/request-log.ts";
import { type Body, Response } from "../http/response.ts";
import { COPIED_FILE_BYTES_MAX, FileMemory, MEMORY_BYTES_MAX, OPEN_FLAGS } from "./static/file-memory.ts";
import { FileStream } from "./static/file-stream.ts";
import { createReadBuffers, type ReadBuffers } from "./static/read-buffers.ts";

/** What a location's handler closes over. */
interface FileService {
  readonly memory: FileMemory;
  readonly buffers: ReadBuffers;
  readonly sendsEtag: boolean;
  readonly logNotFound: boolean;
}

const SLASH = 0x2f;

export const staticModule = defineModule({
  name: "static",
  directives: {},
  phases: {
    content(_conf, scope) {
      const { etag, log_not_found } = scope.settings(fileDirectives);
      const service: FileService = {
        memory: scope.services.shared("static file copies", () => new FileMemory(MEMORY_BYTES_MAX)),
        buffers: scope.services.shared("static read buffers", createReadBuffers),
        sendsEtag: etag,
        logNotFound: log_not_found,
      };
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
  const found = findFile(path);
  if (r.trace !== undefined) traceFile(r.trace, path, found);
  if (found === undefined || found instanceof Error) return refuseFile(r, path, found ?? explainMissing(path), service.logNotFound);
  if (found.isFile()) return method === "POST" ? 405 : sendFile(r, path, found, service);
  if (found.isDirectory()) return redirectToDirectory(r);
  logRequestError(r, "crit", `"${path}" is not a regular file`);
  return 404;
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

function sendFile(r: RequestContext, path: string, stats: Stats, service: FileService): Verdict {
  const copy = service.memory.find(path, stats);
  if (copy !== undefined) return answer(r, copy.body, copy.size, copy.lastModified, service.sendsEtag ? copy.etag : undefined);
  try {
    if (stats.size <= COPIED_FILE_BYTES_MAX) {
      const read = service.memory.read(path);
      if (read !== undefined) return answer(r, read.body, read.size, read.lastModified, service.sendsEtag ? read.etag : undefined);
    }
    return streamFile(r, path, service);
  } catch (error) {
    return refuseFile(r, path, asSystemError(error), service.logNotFound);
  }
}

/** The file is opened here and not when its bytes are due: one that may not be read is a 403, and what is sent is what was measured. */
function streamFile(r: RequestContext, path: string, service: FileService): Verdict {
  const fd = openSync(systemPath(path), OPEN_FLAGS);
  const stats = fstatSync(fd);
  const lastModified = Math.floor(stats.mtimeMs / 1000);
  const etag = service.sendsEtag ? fileEntityTag(lastModified, stats.size) : undefined;
  if (!stats.isFile()) {
    closeSync(fd);
    return 404;
  }
  if (r.method !== "HEAD") return answer(r, new FileStream(fd, path, stats.size, service.buffers), stats.size, lastModified, etag);
  closeSync(fd);
  return answer(r, undefined, stats.size, lastModified, etag);
}

function answer(r: RequestContext, body: Body, size: number, lastModified: number, etag: string | undefined): Response {
  const response = new Response(200, r.method === "HEAD" ? undefined : body, size);
  // nginx looks the type up by the URI's extension, not by the file's
  const contentType = r.location.settings.contentType(r.uri);
  if (contentType !== "") response.contentType = contentType;
  response.lastModified = lastModified;
  if (etag !== undefined) {
    response.etag = etag;
    response.fields.push("ETag", etag);
  }
  response.allowsRanges = true;
  return response;
}

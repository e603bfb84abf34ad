/** A file as an answer: small ones from memory, large ones as a stream (nginx: ngx_http_static_module). */

import { closeSync, fstatSync, openSync, type Stats } from "node:fs";
import { compileLinkRule, type LinkRule } from "../core/disable-symlinks.ts";
import { fileDirectives, systemPath } from "../core/file.ts";
import { fileEntityTag } from "../message/etag.ts";
import type { Scope } from "../module.ts";
import type { RequestContext } from "../request-context.ts";
import { type Body, Response } from "../response.ts";
import { COPIED_FILE_BYTES_MAX, FileMemory, MEMORY_BYTES_MAX, OPEN_FLAGS } from "./file-memory.ts";
import { FileStream } from "./file-stream.ts";
import { openLinkedFile } from "./link-check.ts";
import { createReadBuffers, type ReadBuffers } from "./read-buffers.ts";

/** What a location's handler closes over. */
export interface FileService {
  readonly memory: FileMemory;
  readonly buffers: ReadBuffers;
  readonly sendsEtag: boolean;
  readonly logNotFound: boolean;
  /** Undefined where links are followed. */
  readonly links: LinkRule | undefined;
}

export function createFileService(scope: Scope): FileService {
  const { etag, log_not_found } = scope.settings(fileDirectives);
  return {
    memory: scope.services.shared("static file copies", () => new FileMemory(MEMORY_BYTES_MAX)),
    buffers: scope.services.shared("static read buffers", createReadBuffers),
    sendsEtag: etag,
    logNotFound: log_not_found,
    links: compileLinkRule(scope),
  };
}

/** The answer with the regular file that `stats` describes, or 404 when it is one no more. Throws what opening and reading it throws. */
export function sendFile(r: RequestContext, path: string, stats: Stats, service: FileService): Response | 404 {
  // A copy in memory tells nothing of the links on the way to its file.
  if (service.links !== undefined) return streamFile(r, openLinkedFile(r, path, OPEN_FLAGS, service.links), path, service);
  const copy = service.memory.find(path, stats);
  if (copy !== undefined) return answer(r, copy.body, copy.size, copy.lastModified, service.sendsEtag ? copy.etag : undefined);
  if (stats.size <= COPIED_FILE_BYTES_MAX) {
    const read = service.memory.read(path);
    if (read !== undefined) return answer(r, read.body, read.size, read.lastModified, service.sendsEtag ? read.etag : undefined);
  }
  return streamFile(r, openSync(systemPath(path), OPEN_FLAGS), path, service);
}

/**
 * The answer with an open file, which it takes over. Files are opened before the head is made and not when their bytes are due: one that may not
 * be read is a 403, and what is sent is what was measured.
 */
function streamFile(r: RequestContext, fd: number, path: string, service: FileService): Response | 404 {
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

/** A file's compressed form beside it, `name.gz` or `name.br`: what gzip_static and brotli_static have in common (nginx: ngx_http_gzip_static_module). */

import { describeSystemError } from "../../log/system-error.ts";
import type { ContentCoding } from "../compression/accepts-coding.ts";
import { addVary, compileNegotiation, mayEncode, negotiationDirectives } from "../compression/negotiation.ts";
import { asSystemError, isForbidden, meansNotFound } from "../core/file.ts";
import { refuseUnmapped } from "../core/root.ts";
import type { Scope } from "../module.ts";
import type { Filter, Handler, Verdict } from "../phase.ts";
import type { RequestContext } from "../request-context.ts";
import { logRequestError } from "../request-log.ts";
import { defineRequestSlot } from "../request-slot.ts";
import { Response } from "../response.ts";
import { findLinkedFile } from "./link-check.ts";
import { createFileService, type FileService, sendFile } from "./send-file.ts";

/** A coding and the ending that its files have. */
export interface CodedFiles {
  readonly coding: ContentCoding;
  readonly ending: ".gz" | ".br";
}

/** `always`: whoever asks; `on`: who accepts the coding. */
export type PrecompressedUse = "on" | "always";

const SLASH = 0x2f;

/** Asked before there is an answer: only the request can speak against compressed content. */
const NO_ANSWER_YET = new Response(200, undefined, -1);

/** The compressed form was there, so that the answer depends on Accept-Encoding whichever form is sent. */
const hasBothForms = defineRequestSlot<true>();

export function precompressedHandler(files: CodedFiles, use: PrecompressedUse, scope: Scope): Handler {
  const service = createFileService(scope);
  const negotiation = compileNegotiation(scope.settings(negotiationDirectives));
  return (r) => {
    if ((r.method !== "GET" && r.method !== "HEAD") || r.uri.charCodeAt(r.uri.length - 1) === SLASH) return undefined;
    const isAccepted = use === "always" || mayEncode(r, NO_ANSWER_YET, files.coding, negotiation);
    if (!isAccepted && !negotiation.varies) return undefined;
    return serve(r, files, use, isAccepted, service);
  };
}

/** Says that both forms are there (`gzip_vary`). */
export function precompressedFilter(scope: Scope): Filter | undefined {
  const negotiation = compileNegotiation(scope.settings(negotiationDirectives));
  if (!negotiation.varies) return undefined;
  return (r, response) => {
    if (hasBothForms.get(r) === true) addVary(r, response, negotiation);
    return response;
  };
}

function serve(
  r: RequestContext,
  { coding, ending }: CodedFiles,
  use: PrecompressedUse,
  isAccepted: boolean,
  service: FileService,
): Verdict {
  const plainPath = r.location.settings.mapPath(r, r.uri);
  if (plainPath === "") return refuseUnmapped(r);
  const path = plainPath + ending;
  const found = findLinkedFile(r, path, service.links);
  r.trace?.({
    step: `${coding}_static`,
    subject: path,
    text: found === undefined ? "is not there" : "is there",
    won: found !== undefined && isAccepted,
  });
  if (found === undefined) return undefined;
  if (found instanceof Error) return decline(r, path, found);
  try {
    const answer = found.isFile() && isAccepted ? sendFile(r, path, found, service) : undefined;
    if (use === "on") hasBothForms.set(r, true);
    if (!isAccepted || found.isDirectory()) return undefined;
    if (answer instanceof Response) return asCoded(answer, coding);
    logRequestError(r, "crit", `"${path}" is not a regular file`);
    return 404;
  } catch (error) {
    return decline(r, path, asSystemError(error));
  }
}

/** nginx cuts no ranges from these. */
function asCoded(answer: Response, coding: ContentCoding): Response {
  answer.fields.push("Content-Encoding", coding);
  answer.allowsRanges = false;
  return answer;
}

/** nginx: the plain file is then sent. */
function decline(r: RequestContext, path: string, error: NodeJS.ErrnoException): undefined {
  if (!meansNotFound(error)) {
    logRequestError(r, isForbidden(error) ? "error" : "crit", `open() "${path}" failed (${describeSystemError(error)})`);
  }
  return undefined;
}

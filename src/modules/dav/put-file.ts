/** PUT: a request's body becomes a file (RFC 9110 section 9.3.4; nginx: ngx_http_dav_put_handler). */

import { read } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import { promisify } from "node:util";
import { asSystemError, findFile, systemPath } from "../../http/core/file.ts";
import { refuseUnmapped } from "../../http/core/root.ts";
import { escapeUri } from "../../http/message/escape.ts";
import { parseHttpDate } from "../../http/message/http-date.ts";
import type { Verdict } from "../../http/phase.ts";
import type { BufferedBody } from "../../http/request-body.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { logRequestError } from "../../http/request-log.ts";
import { Response } from "../../http/response.ts";
import { describeSystemError } from "../../log/system-error.ts";
import { withParents } from "./make-parents.ts";
import { refuseRequest } from "./refuse-operation.ts";
import { temporaryPathBeside } from "./temporary-path.ts";
import { removeIfThere } from "./tree.ts";

export interface PutRules {
  readonly access: number;
  /** `create_full_put_path`: directories that lead to the file are made, or have to be there. */
  readonly parents: "made" | "needed";
}

/** How much of a body is in memory while it goes from one file into another. */
const PIECE_BYTES = 256 * 1024;

const readPiece = promisify(read);

export function putFile(r: RequestContext, rules: PutRules): Verdict | Promise<Verdict> {
  if (r.uri.endsWith("/")) return refuseRequest(r, 409, "cannot PUT to a collection");
  if (r.head.field("content-range") !== undefined) return refuseRequest(r, 501, "PUT with range is unsupported");
  const path = r.location.settings.mapPath(r, r.uri);
  return path === "" ? refuseUnmapped(r) : putBody(r, path, rules);
}

async function putBody(r: RequestContext, path: string, { access, parents }: PutRules): Promise<Verdict> {
  // Its file is the one that is asked for, whatever `client_body_in_file_only` says.
  const body = await r.exchange.body.buffer({ ...r.location.settings.bodyBuffering, file: "when needed" });
  if (typeof body === "number") return body;
  const found = findFile(path);
  const isThere = found !== undefined && !(found instanceof Error);
  if (isThere && found.isDirectory()) return refuseRequest(r, 409, `"${path}" could not be created (21: Is a directory)`);
  const date = r.head.field("date");
  const write = (): Promise<void> => writeFile(path, body, access, date === undefined ? undefined : parseHttpDate(date));
  try {
    await (parents === "made" ? withParents(path, access, write) : write());
  } catch (error) {
    logRequestError(r, "crit", `PUT to "${path}" failed (${describeSystemError(asSystemError(error))})`);
    return 500;
  }
  if (isThere) return new Response(204, undefined, -1);
  const response = new Response(201, undefined, 0);
  response.location = escapeUri(r.uri, "uri");
  return response;
}

/** The file appears, or changes, when it is whole. */
async function writeFile(path: string, body: BufferedBody, access: number, modifiedSeconds: number | undefined): Promise<void> {
  const temporary = temporaryPathBeside(path);
  const file = await open(systemPath(temporary), "wx", access);
  try {
    try {
      await writeBody(file, body);
      // Whatever the umask took away.
      await file.chmod(access);
      if (modifiedSeconds !== undefined) await file.utimes(modifiedSeconds, modifiedSeconds);
    } finally {
      await file.close();
    }
    await rename(systemPath(temporary), systemPath(path));
  } catch (error) {
    await removeIfThere(temporary);
    throw error;
  }
}

async function writeBody(file: FileHandle, body: BufferedBody): Promise<void> {
  if (body.memory !== undefined) await writeWhole(file, body.memory);
  if (body.fd === undefined) return;
  const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, body.length));
  for (let position = 0; position < body.length; ) {
    const { bytesRead } = await readPiece(body.fd, piece, 0, piece.length, position);
    if (bytesRead === 0) throw new Error(`Cannot read the request's body: ${position} bytes of ${body.length} are there`);
    await writeWhole(file, piece.subarray(0, bytesRead));
    position += bytesRead;
  }
}

async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) written += (await file.write(bytes, written)).bytesWritten;
}

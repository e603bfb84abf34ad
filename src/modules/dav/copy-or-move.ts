/** COPY and MOVE (RFC 4918 sections 9.8 and 9.9; nginx: ngx_http_dav_copy_move_handler). */

import type { Stats } from "node:fs";
import { lstat, rename, unlink } from "node:fs/promises";
import { asSystemError, systemPath } from "../../http/core/file.ts";
import { refuseUnmapped } from "../../http/core/root.ts";
import type { Verdict } from "../../http/phase.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { logRequestError } from "../../http/request-log.ts";
import { describeSystemError } from "../../log/system-error.ts";
import { hasBody, readDepth } from "./depth.ts";
import { readDestination } from "./destination.ts";
import { withParents } from "./make-parents.ts";
import { refuseOperation, refuseRequest } from "./refuse-operation.ts";
import { copyOneFile, copyTree, deleteTree } from "./tree.ts";

type Method = "COPY" | "MOVE";

/** Paths without final slashes. */
interface Transfer {
  readonly method: Method;
  readonly from: string;
  readonly to: string;
  /** The URIs end in a slash: both, or neither. */
  readonly isCollection: boolean;
  readonly overwrites: boolean;
  readonly access: number;
}

export function copyOrMove(r: RequestContext, method: Method, access: number): Verdict | Promise<Verdict> {
  if (hasBody(r)) return refuseRequest(r, 415, "COPY and MOVE with body are unsupported");
  const field = r.head.field("destination");
  if (field === undefined) return refuseRequest(r, 400, 'client sent no "Destination" header');
  const destination = readDestination(
    field,
    r.exchange.connection.tls === undefined ? "http" : "https",
    r.head.host === undefined ? undefined : r.host,
  );
  if ("mistake" in destination) return refuseDestination(r, field, destination.mistake);
  const isCollection = r.uri.endsWith("/");
  if (isCollection !== field.endsWith("/")) {
    return refuseRequest(r, 409, `both URI "${r.uri}" and "Destination" URI "${field}" should be either collections or non-collections`);
  }
  const depth = readDepth(r, "infinity");
  if (depth !== "infinity" && (method === "MOVE" || depth !== "0")) {
    return refuseRequest(r, 400, `"Depth" header must be ${method === "COPY" ? "0 or " : ""}infinity`);
  }
  const overwrite = r.head.field("overwrite") ?? "T";
  if (!/^[TF]$/i.test(overwrite)) return refuseRequest(r, 400, `client sent invalid "Overwrite" header: "${overwrite}"`);
  const from = r.location.settings.mapPath(r, r.uri);
  if (from === "") return refuseUnmapped(r);
  const to = r.location.settings.mapPath(r, destination.uri);
  // An alias stands for its location's name: what has another is no place below it (CVE-2026-27654).
  if (to === "") return refuseRequest(r, 400, `"Destination" URI "${field}" must be within location prefix when using "alias"`);
  const overwrites = overwrite.toUpperCase() === "T";
  return transfer(r, { method, from: tidy(from), to: tidy(to), isCollection, overwrites, access });
}

function refuseDestination(r: RequestContext, field: string, mistake: "no Host" | "another server" | "invalid"): number {
  switch (mistake) {
    case "no Host":
      return refuseRequest(r, 400, 'client sent no "Host" header');
    case "another server":
      return refuseRequest(r, 400, `"Destination" URI "${field}" is handled by different repository than the source URI`);
    case "invalid":
      return refuseRequest(r, 400, `client sent invalid "Destination" header: "${field}"`);
  }
}

function tidy(path: string): string {
  const merged = path.replace(/\/{2,}/g, "/");
  return merged.length > 1 && merged.endsWith("/") ? merged.slice(0, -1) : merged;
}

async function transfer(r: RequestContext, plan: Transfer): Promise<Verdict> {
  const { method, from, to, isCollection, overwrites } = plan;
  if (from === to) return refuseRequest(r, 403, `"${from}" and the destination are the same`);
  if (isCollection && (to.startsWith(`${from}/`) || from.startsWith(`${to}/`))) {
    return refuseRequest(r, 403, `"${from}" cannot go to "${to}": one lies in the other`);
  }
  const target = await lookAt(to);
  if (target instanceof Error) return refuseOperation(r, "lstat()", to, target, 404);
  if (target?.isDirectory() === true && !isCollection) return refuseRequest(r, 409, `"${r.uri}" could not be ${method}ed to a collection`);
  if (target !== undefined && !overwrites) return refuseRequest(r, 412, `"${to}" could not be created (17: File exists)`);
  const source = await lookAt(isCollection ? `${from}/` : from);
  if (source instanceof Error) return refuseOperation(r, "lstat()", from, source, 404);
  if (source === undefined) return refuseRequest(r, 404, `lstat() "${from}" failed (2: No such file or directory)`);
  if (source.isDirectory() && !isCollection) return refuseRequest(r, 400, `"${r.uri}" is collection`);
  try {
    return source.isDirectory() ? await transferTree(plan, target) : await transferFile(plan, source);
  } catch (thrown) {
    const error = asSystemError(thrown);
    if (source.isDirectory()) return refuseOperation(r, method === "MOVE" ? "rename()" : "mkdir()", to, error, 404);
    // nginx: whatever kept a file from its place
    logRequestError(r, "crit", `${method} "${from}" to "${to}" failed (${describeSystemError(error)})`);
    return 500;
  }
}

/** Undefined: nothing is there. */
async function lookAt(path: string): Promise<Stats | undefined | NodeJS.ErrnoException> {
  try {
    return await lstat(systemPath(path));
  } catch (thrown) {
    const error = asSystemError(thrown);
    return error.code === "ENOENT" ? undefined : error;
  }
}

/** nginx: what was there is removed first. */
async function transferTree({ method, from, to }: Transfer, target: Stats | undefined): Promise<201> {
  if (target?.isDirectory() === true) await deleteTree(to);
  else if (target !== undefined) await unlink(systemPath(to));
  if (method === "COPY") {
    await copyTree(from, to);
    return 201;
  }
  try {
    await rename(systemPath(from), systemPath(to));
  } catch (error) {
    if (asSystemError(error).code !== "EXDEV") throw error;
    await copyTree(from, to);
    await deleteTree(from);
  }
  return 201;
}

async function transferFile({ method, from, to, access }: Transfer, source: Stats): Promise<204> {
  if (method === "COPY") await copyOneFile(from, to, source);
  else await withParents(to, access, () => moveFile(from, to, source));
  return 204;
}

async function moveFile(from: string, to: string, source: Stats): Promise<void> {
  try {
    await rename(systemPath(from), systemPath(to));
  } catch (error) {
    if (asSystemError(error).code !== "EXDEV") throw error;
    await copyOneFile(from, to, source);
    await unlink(systemPath(from));
  }
}

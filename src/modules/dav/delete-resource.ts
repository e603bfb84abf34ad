/** DELETE: removes a file, or a directory with all that is in it (RFC 4918 section 9.6; nginx: ngx_http_dav_delete_handler). */

import type { Stats } from "node:fs";
import { lstat, unlink } from "node:fs/promises";
import { asSystemError, systemPath } from "../../http/core/file.ts";
import { refuseUnmapped } from "../../http/core/root.ts";
import type { Verdict } from "../../http/phase.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { hasBody, readDepth } from "./depth.ts";
import { refuseOperation, refuseRequest } from "./refuse-operation.ts";
import { deleteTree } from "./tree.ts";

export function deleteResource(r: RequestContext, depthMin: number): Verdict | Promise<Verdict> {
  if (hasBody(r)) return refuseRequest(r, 415, "DELETE with body is unsupported");
  const depth = depthOf(r.uri);
  if (depth < depthMin) return refuseRequest(r, 409, `insufficient URI depth:${depth} to DELETE`);
  const path = r.location.settings.mapPath(r, r.uri);
  return path === "" ? refuseUnmapped(r) : deletePath(r, path);
}

/** How many names the path has. */
function depthOf(uri: string): number {
  return uri.split("/").filter((_name, index, parts) => index > 0 && !(index === parts.length - 1 && parts[index] === "")).length;
}

async function deletePath(r: RequestContext, path: string): Promise<Verdict> {
  let found: Stats;
  try {
    found = await lstat(systemPath(path));
  } catch (thrown) {
    const error = asSystemError(thrown);
    return refuseOperation(r, "lstat()", path, error, error.code === "ENOTDIR" ? 409 : 404);
  }
  if (!found.isDirectory()) {
    const depth = readDepth(r, "0");
    if (depth !== "0" && depth !== "infinity") return refuseRequest(r, 400, '"Depth" header must be 0 or infinity');
    return remove(r, path, "unlink()", () => unlink(systemPath(path)));
  }
  if (!path.endsWith("/")) return refuseRequest(r, 409, `DELETE "${path}" failed (21: Is a directory)`);
  if (readDepth(r, "infinity") !== "infinity") return refuseRequest(r, 400, '"Depth" header must be infinity');
  return remove(r, path, "rmdir()", () => deleteTree(path.slice(0, -1)));
}

async function remove(r: RequestContext, path: string, operation: string, act: () => Promise<void>): Promise<Verdict> {
  try {
    await act();
    return 204;
  } catch (error) {
    return refuseOperation(r, operation, path, asSystemError(error), 404);
  }
}

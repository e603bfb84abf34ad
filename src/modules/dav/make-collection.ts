/** MKCOL: makes a directory (RFC 4918 section 9.3; nginx: ngx_http_dav_mkcol_handler). */

import { mkdir } from "node:fs/promises";
import { asSystemError, systemPath } from "../../http/core/file.ts";
import { refuseUnmapped } from "../../http/core/root.ts";
import { redirectResponse } from "../../http/core/special-response.ts";
import { escapeUri } from "../../http/message/escape.ts";
import type { Verdict } from "../../http/phase.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { directoryAccess } from "./dav-access.ts";
import { hasBody } from "./depth.ts";
import { refuseOperation, refuseRequest } from "./refuse-operation.ts";

export function makeCollection(r: RequestContext, access: number): Verdict | Promise<Verdict> {
  if (hasBody(r)) return refuseRequest(r, 415, "MKCOL with body is unsupported");
  if (!r.uri.endsWith("/")) return refuseRequest(r, 409, "MKCOL can create a collection only");
  const path = r.location.settings.mapPath(r, r.uri);
  return path === "" ? refuseUnmapped(r) : makeDirectory(r, path.slice(0, -1), access);
}

async function makeDirectory(r: RequestContext, path: string, access: number): Promise<Verdict> {
  try {
    await mkdir(systemPath(path), directoryAccess(access));
    return redirectResponse(r, 201, escapeUri(r.uri, "uri"));
  } catch (error) {
    return refuseOperation(r, "mkdir()", path, asSystemError(error), 409);
  }
}

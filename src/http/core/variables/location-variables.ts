/** Variables of the server and location in force: $document_root, $request_filename, $server_name, $limit_rate. */

import { realpathSync } from "node:fs";
import { describeSystemError } from "../../../log/system-error.ts";
import type { RequestContext } from "../../request-context.ts";
import { logRequestError } from "../../request-log.ts";
import { requestedLimitRate } from "../../requested-limit-rate.ts";
import type { VariableTable } from "../../variables.ts";

export const locationVariables = {
  document_root: (r: RequestContext) => r.location.settings.documentRoot(r),
  realpath_root: (r: RequestContext) => realRoot(r),
  request_filename: (r: RequestContext) => r.location.settings.mapPath(r, r.uri),
  server_name: (r: RequestContext) => r.server.name,
  limit_rate: {
    get: (r: RequestContext) => String(requestedLimitRate.get(r) ?? 0),
    set: setLimitRate,
  },
} satisfies VariableTable;

function realRoot(r: RequestContext): string {
  const root = r.location.settings.documentRoot(r);
  try {
    return realpathSync(Buffer.from(root, "latin1"), "buffer").toString("latin1");
  } catch (error) {
    logRequestError(r, "crit", `realpath() "${root}" failed (${describeSystemError(error as NodeJS.ErrnoException)})`);
    return "";
  }
}

const SIZE = /^(\d+)([kKmM]?)$/;
const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["k", 1024],
  ["m", 1024 * 1024],
]);

function setLimitRate(r: RequestContext, value: string): void {
  const size = SIZE.exec(value);
  if (size === null) logRequestError(r, "error", `invalid $limit_rate "${value}"`);
  else requestedLimitRate.set(r, Number(size[1]) * (SIZE_UNITS.get((size[2] ?? "").toLowerCase()) ?? 1));
}

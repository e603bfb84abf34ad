/** Variables of the process and of the clock, the same for all requests: $pid, $hostname, $msec, $time_local … */

import { hostname } from "node:os";
import { currentLogTime, renderSeconds } from "../../../log/log-time.ts";
import { FOREGATE_VERSION, NGINX_VERSION } from "../../server-identity.ts";
import type { VariableTable } from "../../variables.ts";

// nginx lower-cases the name that gethostname() gives.
const HOST_NAME = hostname().toLowerCase();
const PID = String(process.pid);

export const processVariables = {
  nginx_version: () => NGINX_VERSION,
  foregate_version: () => FOREGATE_VERSION,
  hostname: () => HOST_NAME,
  pid: () => PID,
  msec: () => renderSeconds(Date.now()),
  time_local: () => currentLogTime().local,
  time_iso8601: () => currentLogTime().iso8601,
} satisfies VariableTable;

/** Error lines about a connection on which nothing has been asked yet (nginx: ngx_http_log_error without a request). */

import type { LogLevel } from "../../log/error-log.ts";
import type { ConnectionInfo } from "../connection-info.ts";
import type { ConnectionHost } from "./connection-host.ts";

/** Writes `message, client: A, server: ADDRESS:PORT` to the error log of the address's default server. */
export function logOpeningError(host: ConnectionHost, info: ConnectionInfo, level: LogLevel, message: string): void {
  const { errorLog } = host.hosts.defaultServer.connection;
  if (errorLog.isOn(level)) errorLog.write(level, info.serial, message, { client: info.remoteAddress, server: localEnd(info) });
}

function localEnd({ localAddress, localPort }: ConnectionInfo): string {
  if (localPort === "") return localAddress;
  return localAddress.includes(":") ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`;
}

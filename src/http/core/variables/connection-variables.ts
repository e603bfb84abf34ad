/** Variables of the connection a request came on: both ends' addresses, its number and age. */

import { renderSeconds } from "../../../log/log-time.ts";
import type { RequestContext } from "../../request-context.ts";
import type { VariableTable } from "../../variables.ts";
import { binaryAddress } from "./binary-address.ts";

const NONE = (): string => "";

export const connectionVariables = {
  binary_remote_addr: (r: RequestContext) => binaryAddress(r.exchange.connection.remoteAddress),
  remote_addr: (r: RequestContext) => r.exchange.connection.remoteAddress,
  remote_port: (r: RequestContext) => r.exchange.connection.remotePort,
  server_addr: (r: RequestContext) => r.exchange.connection.localAddress,
  server_port: (r: RequestContext) => r.exchange.connection.localPort,
  scheme: (r: RequestContext) => (r.exchange.connection.tls !== undefined ? "https" : "http"),
  https: (r: RequestContext) => (r.exchange.connection.tls !== undefined ? "on" : ""),
  connection: (r: RequestContext) => String(r.exchange.connection.serial),
  connection_requests: (r: RequestContext) => String(r.exchange.connection.requests),
  connection_time: (r: RequestContext) => renderSeconds(performance.now() - r.exchange.connection.openedAtMs),
  pipe: (r: RequestContext) => (r.exchange.connection.isPipelined === true ? "p" : "."),
  // Node.js does not give the socket's TCP_INFO; nginx has no value either where the system lacks it.
  tcpinfo_rtt: NONE,
  tcpinfo_rttvar: NONE,
  tcpinfo_snd_cwnd: NONE,
  tcpinfo_rcv_space: NONE,
} satisfies VariableTable;

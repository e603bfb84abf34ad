/** Variables of the request itself: its line, target, arguments, body and the time it takes. */

import { randomBytes } from "node:crypto";
import { renderSeconds } from "../../../log/log-time.ts";
import type { RequestHead } from "../../message/request-head.ts";
import type { RequestContext } from "../../request-context.ts";
import { defineRequestSlot } from "../../request-slot.ts";
import type { VariableTable } from "../../variables.ts";
import { readArgument } from "./read-argument.ts";
import { readBasicUser } from "./read-basic-user.ts";

const requestIds = defineRequestSlot<string>();

export const requestVariables = {
  request: (r: RequestContext) => r.head.requestLine,
  request_method: (r: RequestContext) => r.main.method,
  request_uri: (r: RequestContext) => r.head.target,
  server_protocol: (r: RequestContext) => protocolName(r.head),
  // A refused request's host is not known: nginx names the server that refused it.
  host: (r: RequestContext) => (r.host === "" ? r.server.name : r.host),
  request_port: (r: RequestContext) => requestPort(r),
  is_request_port: (r: RequestContext) => (requestPort(r) === "" ? "" : ":"),
  remote_user: (r: RequestContext) => readBasicUser(r.head.field("authorization")),
  uri: (r: RequestContext) => r.uri,
  document_uri: (r: RequestContext) => r.uri,
  args: {
    get: (r: RequestContext) => r.args,
    set: (r: RequestContext, value: string) => {
      r.args = value;
      r.uriChanged = true;
    },
  },
  query_string: (r: RequestContext) => r.args,
  is_args: (r: RequestContext) => (r.args === "" ? "" : "?"),
  arg_: { family: (suffix: string) => (r: RequestContext) => (r.args === "" ? "" : (readArgument(r.args, suffix) ?? "")) },
  request_id: (r: RequestContext) => requestId(r),
  // nginx: a subrequest came in no bytes of its own.
  request_length: (r: RequestContext) => (r.parent === undefined ? String(headLength(r) + r.main.exchange.body.received) : "0"),
  request_time: (r: RequestContext) => renderSeconds(performance.now() - r.startedAtMs),
  request_completion: (r: RequestContext) => (r.isComplete ? "OK" : ""),
  request_body: (r: RequestContext) => r.exchange.body.buffered?.memory?.toString("latin1") ?? "",
  request_body_file: (r: RequestContext) => r.exchange.body.buffered?.path ?? "",
} satisfies VariableTable;

/** HTTP/0.9 requests name no protocol, and nginx's variable has no value then. */
function protocolName({ version, requestLine }: RequestHead): string {
  switch (version) {
    case 11:
      // HTTP/1.2 and above are served as HTTP/1.1 and keep their name.
      return requestLine.endsWith("HTTP/1.1") ? "HTTP/1.1" : requestLine.slice(requestLine.lastIndexOf("HTTP/")).trimEnd();
    case 10:
      return "HTTP/1.0";
    case 20:
      return "HTTP/2.0";
    default:
      return "";
  }
}

function requestPort(r: RequestContext): string {
  const port = r.head.authority?.port ?? 0;
  return port === 0 ? "" : String(port);
}

/** 32 hexadecimal digits, the same for the whole request. */
function requestId(r: RequestContext): string {
  let id = requestIds.get(r.main);
  if (id === undefined) {
    id = randomBytes(16).toString("hex");
    requestIds.set(r.main, id);
  }
  return id;
}

/** Octets of the head; where it did not come as text, those of its usual spelling: one space around each part, CRLF line ends. */
function headLength(r: RequestContext): number {
  if (r.head.bytes > 0) return r.head.bytes;
  const { requestLine, fieldRawNames, fieldValues, droppedFields } = r.head;
  let length = requestLine.length + 4;
  for (const name of fieldRawNames) length += name.length + 4;
  for (const value of fieldValues) length += value.length;
  for (const line of droppedFields) length += line.length + 2;
  return length;
}

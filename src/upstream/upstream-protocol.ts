/** What uwsgi and HTTP/1.x differ in. Everything else about an upstream (attempts, time-outs, bodies, buffering) is shared. */

import type { ResponseDialect, ResponseHead } from "../http/message/response-head.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { UpstreamError } from "./upstream-error.ts";
import type { UpstreamGroup } from "./upstream-group.ts";

/** Where a request goes: made once for a literal address, for every request when the address holds variables. */
export interface UpstreamTarget {
  readonly group: UpstreamGroup;
  /** As in `upstream: "http://…"` of the error log: "http://", "suwsgi://". */
  readonly scheme: string;
  readonly usesTls: boolean;
  /** The name of the server or group without a port: what its certificate is for, unless `*_ssl_name` says otherwise. */
  readonly tlsName: string;
  /** `$proxy_host`: name and port as the pass directive gives them, without a default port; "localhost" for a unix socket. */
  readonly host: string;
  /** `$proxy_port`; "" for a unix socket. */
  readonly port: string;
  /** The URI part of the address; "" when it has none. */
  readonly uri: string;
  /** The address held variables: its URI part, if any, is sent as it is. */
  readonly isEvaluated: boolean;
}

/** The length of the body that follows the head; -1: chunked coding, length unknown. */
export type SentBodyLength = number;

/** The head cannot be made: answered 500 with this line at [alert]. */
export class UnencodableRequest {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export interface UpstreamProtocol {
  readonly name: "uwsgi" | "http";
  readonly dialect: ResponseDialect;
  /** Connections can carry further requests. */
  readonly keepsAlive: boolean;
  /** A chunked request body can be sent as it comes. */
  readonly sendsChunks: boolean;
  /** The request's bytes up to its body, latin1. Pure: `explain` shows the same. */
  encodeHead(r: RequestContext, target: UpstreamTarget, bodyLength: SentBodyLength): string | UnencodableRequest;
  /** The URI for the error log's `upstream:`; "" where the protocol has none. */
  uriForLog(r: RequestContext, target: UpstreamTarget): string;
  /** A closer look at a connection that ended before any byte of an answer. */
  diagnoseSilence(error: UpstreamError, sentHead: string): UpstreamError;
  /** What is suspicious about an answer that can be read all the same; "" when nothing is. */
  suspicionOf(head: ResponseHead): string;
  /** The body to send in place of the client's, latin1; undefined: the client's. */
  replacementBody(r: RequestContext): string | undefined;
}

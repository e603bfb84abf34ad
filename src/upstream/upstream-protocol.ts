/** What uwsgi, HTTP and memcached differ in. Everything else about an upstream (attempts, time-outs, bodies, buffering) is shared. */

import type { ResponseHead } from "../http/message/response-head.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { LogLevel } from "../log/error-log.ts";
import type { AnswerFraming } from "./answer-framing.ts";
import type { EarlyHints } from "./early-hints.ts";
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

/** The head cannot be made: answered 500 with this line. */
export class UnencodableRequest {
  readonly message: string;
  readonly level: LogLevel;

  constructor(message: string, level: LogLevel = "alert") {
    this.message = message;
    this.level = level;
  }
}

/** A line for the error log about an answer. */
export interface AnswerRemark {
  readonly level: LogLevel;
  readonly message: string;
}

export interface UpstreamProtocol {
  readonly name: "uwsgi" | "http" | "memcached";
  /** Connections can carry further requests. */
  readonly keepsAlive: boolean;
  /** A chunked request body can be sent as it comes. */
  readonly sendsChunks: boolean;
  /** Requests can have a body; what a client sends is left unread otherwise. */
  readonly takesBody: boolean;
  /** The request's bytes up to its body, latin1. Pure: `explain` shows the same. */
  encodeHead(r: RequestContext, target: UpstreamTarget, bodyLength: SentBodyLength): string | UnencodableRequest;
  /** The URI for the error log's `upstream:`; "" where the protocol has none. */
  uriForLog(r: RequestContext, target: UpstreamTarget): string;
  /** A closer look at a connection that ended before any byte of an answer. */
  diagnoseSilence(error: UpstreamError, sentHead: string): UpstreamError;
  /** The head of an answer from its first byte on; undefined while more bytes are needed. `sentHead` is what asked for it. */
  readHead(bytes: Buffer, sentHead: string, bytesMax: number, hints: EarlyHints | undefined): ResponseHead | UpstreamError | undefined;
  /** How the body behind a head ends; `method` is the client's. */
  frame(head: ResponseHead, method: string): AnswerFraming;
  /** What is to be said about an answer that can be used all the same. */
  remarkOn(head: ResponseHead, sentHead: string): AnswerRemark | undefined;
  /** The body to send in place of the client's, latin1; undefined: the client's. */
  replacementBody(r: RequestContext): string | undefined;
}

/**
 * A request that a request makes: it asks the same server for another URI, and its answer is its maker's to use
 * (nginx development guide, "Subrequests"; ngx_http_subrequest).
 *
 * It has the client's head and connection, a URI, method and body of its own, and shares the variables that the configuration declares. It runs
 * from the server's rewrite directives on, without the phases that judge a client: post_read and access.
 */

import type { ConnectionInfo } from "./connection-info.ts";
import type { Exchange } from "./exchange.ts";
import { serveContent, serveSubrequest } from "./handle-request.ts";
import type { InternalRedirect } from "./internal-redirect.ts";
import { NO_REQUEST_BODY } from "./no-request-body.ts";
import type { RequestBody } from "./request-body.ts";
import { RequestContext } from "./request-context.ts";
import { logRequestError } from "./request-log.ts";
import { isBodyStream, type Response } from "./response.ts";
import { runLogHandlers } from "./run-log-handlers.ts";

export interface SubrequestCall {
  /** Another URI, a named location, or once more what the parent's location answers with (nginx: NGX_HTTP_SUBREQUEST_CLONE). */
  readonly target: InternalRedirect | "same content";
  readonly method: string;
  readonly body: RequestBody;
  /** `request`: it ends when the client goes away. `own`: it goes on, and its maker must retain the body it gave. */
  readonly lifetime: "request" | "own";
}

/** The usual kind: a GET without content that ends with its request. */
export function callOf(target: InternalRedirect): SubrequestCall {
  return { target, method: "GET", body: NO_REQUEST_BODY, lifetime: "request" };
}

/** Who made it. One of the two is called once, perhaps before `start` returns; never after `abort`. */
export interface SubrequestOwner {
  /** The answer as its location's filters left it. A stream is the owner's to start or to abort; `finish` is due when the body is done with. */
  answered(response: Response): void;
  /** Its location says that there is to be no answer (nginx: 444), or what it waited for broke off. It is finished. */
  unanswered(status: number): void;
}

export class Subrequest implements Exchange {
  readonly connection: ConnectionInfo;
  readonly body: RequestBody;
  readonly r: RequestContext;
  private ended: (() => void) | undefined = undefined;
  private readonly call: SubrequestCall;
  private readonly owner: SubrequestOwner;
  private isAborted = false;
  private isFinished = false;

  constructor(parent: RequestContext, call: SubrequestCall, owner: SubrequestOwner) {
    this.call = call;
    this.owner = owner;
    this.connection = parent.exchange.connection;
    this.body = call.body;
    this.r = childOf(parent, this, call.method);
    if (call.target === "same content") this.r.captures = parent.captures;
  }

  get onGone(): (() => void) | undefined {
    return this.ended;
  }

  /** Whoever waits for an upstream listens here: a client that closes its side meanwhile has gone, as if its own request waited. */
  set onGone(listener: (() => void) | undefined) {
    const { parent } = this.r;
    if (parent !== undefined && this.call.lifetime === "request") {
      if (this.ended === undefined && listener !== undefined) beginWaiting(parent);
      else if (this.ended !== undefined && listener === undefined) endWaiting(parent);
    }
    this.ended = listener;
  }

  get gone(): boolean {
    return this.isAborted || (this.call.lifetime === "request" && this.r.parent?.exchange.gone === true);
  }

  /** False, and nothing happens: subrequests are nested too deep. */
  start(): boolean {
    const { target } = this.call;
    if (this.r.subrequestsLeft < 0) {
      const uri = target === "same content" ? this.r.uri : target.uri;
      logRequestError(this.r.parent ?? this.r, "error", `subrequests cycle while processing "${uri}"`);
      return false;
    }
    if (target === "same content") serveContent(this.r);
    else serveSubrequest(this.r, target);
    return true;
  }

  send(_r: RequestContext, response: Response): void {
    if (!this.isAborted) {
      this.owner.answered(response);
      return;
    }
    if (isBodyStream(response.body)) response.body.abort();
    this.finish();
  }

  drop(r: RequestContext): void {
    this.finish();
    if (!this.isAborted) this.owner.unanswered(r.status);
  }

  /** Nobody waits for it any more: upstreams and files are let go. */
  abort(): void {
    if (this.isAborted || this.isFinished) return;
    this.isAborted = true;
    const { response } = this.r;
    if (response === undefined) {
      const { onGone } = this;
      this.onGone = undefined;
      onGone?.();
      return;
    }
    if (isBodyStream(response.body)) response.body.abort();
    this.finish();
  }

  /** The answer has been used. */
  finish(): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.onGone = undefined;
    if (this.r.location.settings.logsSubrequests) runLogHandlers(this.r);
    this.r.response?.onDone?.();
  }
}

/** Stands where a request that is being sent has no listener of its own: its body is told of the client's end besides. */
const noticed = (): void => {};

function beginWaiting(parent: RequestContext): void {
  if (parent.waitingSubrequests++ === 0 && parent.response !== undefined) parent.exchange.onGone ??= noticed;
}

function endWaiting(parent: RequestContext): void {
  if (--parent.waitingSubrequests === 0 && parent.exchange.onGone === noticed) parent.exchange.onGone = undefined;
}

function childOf(parent: RequestContext, exchange: Exchange, method: string): RequestContext {
  parent.values ??= [];
  const r = new RequestContext(exchange, parent.head, parent.server, performance.now(), parent);
  r.location = parent.location;
  r.uriChanged = parent.uriChanged;
  r.isLocationValid = parent.isLocationValid;
  r.isInternal = parent.isInternal;
  r.uri = parent.uri;
  r.args = parent.args;
  r.method = method;
  r.host = parent.host;
  r.values = parent.values;
  r.trace = parent.trace;
  r.subrequestsLeft = parent.subrequestsLeft - 1;
  return r;
}

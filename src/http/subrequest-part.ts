/** The answer to a subrequest as a part of its request's own body. */

import { streamOf } from "./joined-body.ts";
import type { RequestContext } from "./request-context.ts";
import type { BodySink, BodyStream, Response } from "./response.ts";
import { Subrequest, type SubrequestCall, type SubrequestOwner } from "./subrequest.ts";

/** Asked when `ask` says so, or else when its turn has come; its bytes come when those before it have ended. */
export class SubrequestPart implements BodyStream, BodySink, SubrequestOwner {
  readonly subrequest: Subrequest;
  private stream: BodyStream | undefined = undefined;
  private sink: BodySink | undefined = undefined;
  private isAsked = false;
  private isOver = false;
  private failure: Error | undefined = undefined;

  private readonly judge: ((response: Response) => Error | undefined) | undefined;

  /** `judge` tells why an answer cannot be a part. */
  constructor(parent: RequestContext, call: SubrequestCall, judge?: (response: Response) => Error | undefined) {
    this.subrequest = new Subrequest(parent, call, this);
    this.judge = judge;
  }

  /** False when requests are nested too deep. */
  ask(): boolean {
    this.isAsked = true;
    return this.subrequest.start();
  }

  start(sink: BodySink): void {
    this.sink = sink;
    if (this.failure !== undefined) this.fail(this.failure);
    else if (this.isAsked) this.stream?.start(this);
    else if (!this.ask()) this.fail(new Error("Subrequests are nested too deep"));
  }

  resume(): void {
    this.stream?.resume();
  }

  abort(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.subrequest.abort();
  }

  answered(response: Response): void {
    this.stream = streamOf(response.body);
    const refusal = this.judge?.(response);
    if (refusal !== undefined) {
      this.stream.abort();
      this.fail(refusal);
      return;
    }
    if (this.sink !== undefined) this.stream.start(this);
  }

  unanswered(status: number): void {
    this.fail(new Error(`A part of the answer ended with status ${status}`));
  }

  // ---- what the answer's body does

  write(chunk: Buffer): boolean {
    return this.isOver || this.sink === undefined || this.sink.write(chunk);
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.subrequest.finish();
    this.sink?.end();
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.failure = error;
    if (this.sink === undefined) return;
    this.isOver = true;
    this.subrequest.finish();
    this.sink.fail(error);
  }
}

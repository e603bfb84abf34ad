/** One try at one peer as the request's way sees it, whatever the peer speaks: `Attempt` (HTTP/1, uwsgi) and `Http2Attempt`. */

import type { UpstreamState } from "../http/upstream-state.ts";
import type { AnswerBody } from "./answer-body.ts";
import type { AttemptStage } from "./attempt-listener.ts";
import type { ForwardPlan, ForwardRoute } from "./forward-plan.ts";
import type { Peer } from "./peer.ts";
import type { RequestPayload } from "./request-payload.ts";
import type { UpstreamConnection } from "./upstream-connection.ts";
import type { UpstreamError } from "./upstream-error.ts";

/** What is tried, and where. */
export interface AttemptOrder {
  readonly plan: ForwardPlan;
  readonly route: ForwardRoute;
  readonly payload: RequestPayload;
  readonly method: string;
  readonly peer: Peer;
  readonly state: UpstreamState;
  /** A kept connection of HTTP/1. */
  readonly reused: UpstreamConnection | undefined;
}

export interface UpstreamAttempt {
  readonly peer: Peer;
  readonly state: UpstreamState;
  readonly stage: AttemptStage;
  /** It uses a connection that another request has opened. */
  readonly isReused: boolean;
  /** Something of the request may have reached the peer. */
  readonly isRequestSent: boolean;
  /** All of it has been written. */
  readonly isPayloadWritten: boolean;
  /** Something of an answer has come. */
  readonly hasAnswerBytes: boolean;
  /** To be called once; the answer may come before it returns. */
  start(): void;
  /** Ends it without a word to the listener. */
  close(): void;
  /** Fails it: what it has told of cannot be used. */
  end(error: UpstreamError): void;
  /** From now on the body goes to `body`, beginning with what came behind the head. */
  streamTo(body: AnswerBody, rest: Buffer): void;
  /** The answer is whole, or nobody wants the rest when it is not `isDelimited`. */
  complete(isDelimited: boolean): void;
  /** The answer's body can be read on after `AnswerBody.isFull`. */
  resumeAnswer(): void;
  /** What `AnswerBody` held of the attempt's memory has been taken. */
  releaseChunk(): void;
}

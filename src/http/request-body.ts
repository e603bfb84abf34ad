/** A request's body as handlers see it; `http/connection/` reads it off the socket, de-chunked. */

import type { BodySink } from "./response.ts";

export interface BodyBufferLimits {
  /** Octets held in memory; a longer body goes to a file below `tempPath`. */
  readonly memoryBytesMax: number;
  readonly tempPath: string;
  /** How many digits of a file's name each level of directories takes, from its end (`client_body_temp_path`). */
  readonly tempLevels: readonly number[];
  readonly file: BodyFile;
}

/** Whether only what does not fit in memory goes to a file, which has no name; or all bodies do, whose names last (`client_body_in_file_only`). */
export type BodyFile = "when needed" | "removed after the request" | "kept";

/** A body read to its end. Small ones are in memory, others in a temporary file. */
export interface BufferedBody {
  readonly length: number;
  /** The whole body when it fitted, else undefined. */
  readonly memory: Buffer | undefined;
  /** The file that holds the whole body, else undefined. Read with explicit positions; closed when the request is done. */
  readonly fd: number | undefined;
  /** Path of that file ($request_body_file); "" when in memory. */
  readonly path: string;
}

export interface RequestBody {
  /** Declared length in octets; 0: no body, or one that was given up; -1: chunked, known only at its end. */
  readonly declaredLength: number;
  /** Octets read so far, without framing. */
  readonly received: number;
  /** The body once `buffer` has finished; undefined before. */
  readonly buffered: BufferedBody | undefined;
  /**
   * Reads it whole; a second call returns the same body. A number is the status of its refusal, a verdict: 400 (also when the client went
   * away), 408, 413, 500. Returns without a promise when the body is empty or already here.
   */
  buffer(limits: BodyBufferLimits): BufferedBody | number | Promise<BufferedBody | number>;
  /** Hands pieces over as they come; the sink's `fail` is called when the client goes away or breaks a rule. Not after `buffer`. */
  stream(sink: BodySink): void;
  /** The sink given to `stream` can take more. */
  resume(): void;
  /** Whoever answers from now on gets an empty body: this one has been refused (nginx: ngx_http_discard_request_body). */
  giveUp(): void;
  /** Keeps what `buffer` gave, its file too, after the request has ended: until the function it returns is called, once. */
  retain(): () => void;
}

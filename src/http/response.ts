/** An answer as data: what handlers return, filters change and `http/connection/` writes. */

/** Receives a body that arrives over time. */
export interface BodySink {
  /**
   * True: the bytes are taken, the producer may reuse the chunk's memory at once. False: stop until `resume()` is called on the stream, and
   * leave the chunk's memory alone until then.
   */
  write(chunk: Buffer): boolean;
  /** The body is complete. Nothing may follow. */
  end(): void;
  /** The body cannot be completed: what was sent is cut so that the client notices. */
  fail(error: Error): void;
}

/** A body that arrives over time. `start` is called at most once; exactly one of `end`, `fail` or `abort` finishes it. */
export interface BodyStream {
  /** The first piece comes within this turn or a disk read's time: the head may wait for it and leave in the same packet. */
  readonly startsSoon?: boolean;
  start(sink: BodySink): void;
  /** The sink can take more after a `write` that returned false. */
  resume(): void;
  /** Nobody wants the rest: release files and connections. Also called on a stream that was never started. Safe to call twice. */
  abort(): void;
}

/** A body whose parts can be taken without reading the rest, as ranges need: files. */
export interface SliceableStream extends BodyStream {
  /** The bytes from `start` up to, not including, `end`. The slice takes the file over: the original is not to be started or aborted. */
  slice(ranges: readonly BodySlice[]): BodyStream;
}

/** A piece of a multi-part body: literal latin1 text, or bytes [start, end) of the original. */
export type BodySlice = string | { readonly start: number; readonly end: number };

export type Body = string | Buffer | BodyStream | undefined;

/**
 * The mutable answer. Handlers make a new one for each request; filters may write into it.
 * All text is latin1 (one char, one byte); fields hold no CR, LF or NUL.
 */
export class Response {
  status: number;
  /** Reason phrase; undefined: the standard one for the status. "" sends none. */
  reason: string | undefined = undefined;
  contentType: string | undefined = undefined;
  /** Octets of the body; -1: not known before its end. Also set for HEAD, where `body` stays away. */
  contentLength: number;
  /** Seconds since the epoch; -1: none. */
  lastModified = -1;
  /** The upstream's Last-Modified text, when there is one, is sent as it came. */
  lastModifiedText: string | undefined = undefined;
  /** Absolute or relative; a relative one starting with "/" is made absolute per `absolute_redirect` unless it came from an upstream. */
  location: string | undefined = undefined;
  locationIsFinal = false;
  /** The value of the ETag field, which also stands in `fields`. Write it with `setEtag`. */
  etag: string | undefined = undefined;
  /** An upstream's own stand in `fields`, and ours are not sent. */
  hasOwnDate = false;
  hasOwnServer = false;
  /** All other fields, flat and in the order sent: name, value, name, value … */
  fields: string[] = [];
  /** Sent after a chunked body, flat like `fields`. */
  trailers: string[] | undefined = undefined;
  body: Body;
  /** Ranges may be cut from this answer (nginx: r->allow_ranges). */
  allowsRanges = false;
  /** One range at most (nginx: r->single_range). */
  allowsOneRange = false;
  /** If-* fields are not held against this answer: an upstream has judged them already (nginx: r->disable_not_modified). */
  disablesConditions = false;
  /** Set by core for answers made from a status alone (error pages), which conditional and range filters leave alone. */
  isErrorPage = false;
  /** The connection must close after this answer whatever the client asked for. */
  closesConnection = false;
  /** Called when the answer is wholly written or cut: releases what the handler held. */
  onDone: (() => void) | undefined = undefined;

  constructor(status: number, body: Body, contentLength: number) {
    this.status = status;
    this.body = body;
    this.contentLength = contentLength;
  }

  setEtag(value: string): void {
    this.clearField("ETag");
    this.etag = value;
    this.fields.push("ETag", value);
  }

  /** Value of the first field of that name in `fields` (name compared without case), or undefined. */
  field(name: string): string | undefined {
    const at = indexOfField(this.fields, name);
    return at < 0 ? undefined : this.fields[at + 1];
  }

  /** Values of all fields of that name in `fields`. */
  fieldLines(name: string): readonly string[] {
    const lower = name.toLowerCase();
    return this.fields.filter((_, at) => at % 2 === 1 && (this.fields[at - 1] as string).toLowerCase() === lower);
  }

  /** Removes every field of that name from `fields`. */
  clearField(name: string): void {
    for (let at = indexOfField(this.fields, name); at >= 0; at = indexOfField(this.fields, name)) this.fields.splice(at, 2);
    if (name.toLowerCase() === "etag") this.etag = undefined;
  }
}

/** A whole body known now: text (latin1) or bytes. */
export function fullResponse(status: number, contentType: string | undefined, body: string | Buffer): Response {
  const response = new Response(status, body, body.length);
  response.contentType = contentType;
  return response;
}

function indexOfField(fields: readonly string[], name: string): number {
  const lower = name.toLowerCase();
  for (let i = 0; i < fields.length; i += 2) {
    const candidate = fields[i];
    if (candidate !== undefined && candidate.length === lower.length && candidate.toLowerCase() === lower) return i;
  }
  return -1;
}

/** True for bodies that arrive over time. */
export function isBodyStream(body: Body): body is BodyStream {
  return typeof body === "object" && !Buffer.isBuffer(body);
}

/** True for streams that ranges can be cut from without reading the rest. */
export function isSliceable(body: Body): body is SliceableStream {
  return isBodyStream(body) && "slice" in body;
}

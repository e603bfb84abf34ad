/** What an attempt sends: the head's text, then the request's body from where it waits or as it comes from the client. */

import { read } from "node:fs";
import { encodeChunkHead, LAST_CHUNK } from "../http/message/chunked.ts";
import type { RequestBody } from "../http/request-body.ts";
import type { BodySink } from "../http/response.ts";
import type { UpstreamConnection } from "./upstream-connection.ts";

export type PayloadBody =
  | { readonly kind: "none" }
  | { readonly kind: "memory"; readonly bytes: Buffer }
  | { readonly kind: "file"; readonly fd: number; readonly length: number }
  /** Straight from the client: can be sent once only. */
  | { readonly kind: "stream"; readonly body: RequestBody; readonly isChunked: boolean };

export interface RequestPayload {
  /** latin1. */
  readonly head: string;
  readonly body: PayloadBody;
}

export interface PayloadOwner {
  /** A part has been written, and more will follow. */
  payloadAdvanced(): void;
  /** All of it has been handed to the system or waits in the socket's own buffer. */
  payloadWritten(): void;
  /** The body cannot be had: the client went away, broke a rule, or the temporary file failed. */
  payloadFailed(error: Error): void;
}

/** Where the parts of a body go. */
export interface PayloadWriter {
  /** Something written waits for the peer. */
  readonly isBacklogged: boolean;
  /** The chunk must not change until it is drained. */
  writeBytes(chunk: Buffer): void;
}

/** Sends the parts that are not there at once. `drained` is to be called when the socket has taken what was written. */
export interface BodySender {
  start(): void;
  drained(): void;
  stop(): void;
}

const FILE_READ_BYTES = 65_536;

/** Writes the head and what is in memory of the body; the rest is the returned sender's, undefined when nothing is left. */
export function writePayload(connection: UpstreamConnection, payload: RequestPayload, owner: PayloadOwner): BodySender | undefined {
  const { head, body } = payload;
  switch (body.kind) {
    case "none":
      connection.writeText(head);
      return undefined;
    case "memory":
      connection.writeBoth(head, body.bytes);
      return undefined;
    case "file":
      connection.writeText(head);
      return new FileSender(connection, body.fd, body.length, owner);
    case "stream":
      connection.writeText(head);
      return new StreamSender(connection, body.body, body.isChunked ? connection : undefined, owner);
  }
}

/** Sends a body whose end the protocol marks by itself, as HTTP/2 does. */
export function senderOf(body: Extract<PayloadBody, { kind: "file" | "stream" }>, writer: PayloadWriter, owner: PayloadOwner): BodySender {
  return body.kind === "file" ? new FileSender(writer, body.fd, body.length, owner) : new StreamSender(writer, body.body, undefined, owner);
}

class FileSender implements BodySender {
  private readonly connection: PayloadWriter;
  private readonly fd: number;
  private readonly length: number;
  private readonly owner: PayloadOwner;
  private sent = 0;
  private isReading = false;
  private isStopped = false;
  private readonly buffer = Buffer.allocUnsafeSlow(FILE_READ_BYTES);

  constructor(connection: PayloadWriter, fd: number, length: number, owner: PayloadOwner) {
    this.connection = connection;
    this.fd = fd;
    this.length = length;
    this.owner = owner;
  }

  start(): void {
    if (!this.connection.isBacklogged) this.readNext();
  }

  drained(): void {
    this.readNext();
  }

  stop(): void {
    this.isStopped = true;
  }

  /** One buffer serves all reads: the next one waits until the socket has taken the last. */
  private readNext(): void {
    if (this.isStopped || this.isReading || this.sent === this.length) return;
    this.isReading = true;
    const wanted = Math.min(FILE_READ_BYTES, this.length - this.sent);
    read(this.fd, this.buffer, 0, wanted, this.sent, (error, length) => {
      this.isReading = false;
      if (this.isStopped) return;
      if (error !== null || length === 0) {
        this.owner.payloadFailed(error ?? new Error("The temporary file of a request body is shorter than what was written"));
        return;
      }
      this.sent += length;
      this.connection.writeBytes(this.buffer.subarray(0, length));
      if (this.sent === this.length) {
        this.owner.payloadWritten();
        return;
      }
      this.owner.payloadAdvanced();
      if (!this.connection.isBacklogged) this.readNext();
    });
  }
}

class StreamSender implements BodySender, BodySink {
  private readonly connection: PayloadWriter;
  private readonly body: RequestBody;
  /** The connection, when what goes over it is chunked coding. */
  private readonly chunked: UpstreamConnection | undefined;
  private readonly owner: PayloadOwner;
  private isStopped = false;

  constructor(connection: PayloadWriter, body: RequestBody, chunked: UpstreamConnection | undefined, owner: PayloadOwner) {
    this.connection = connection;
    this.body = body;
    this.chunked = chunked;
    this.owner = owner;
  }

  start(): void {
    this.body.stream(this);
  }

  drained(): void {
    if (!this.isStopped) this.body.resume();
  }

  stop(): void {
    this.isStopped = true;
  }

  write(chunk: Buffer): boolean {
    // A chunk of no octets would be the last one.
    if (this.isStopped || chunk.length === 0) return true;
    if (this.chunked === undefined) this.connection.writeBytes(chunk);
    else this.chunked.writeBoth(encodeChunkHead(chunk.length), Buffer.concat([chunk, CRLF]));
    this.owner.payloadAdvanced();
    return !this.connection.isBacklogged;
  }

  end(): void {
    if (this.isStopped) return;
    this.chunked?.writeText(LAST_CHUNK);
    this.owner.payloadWritten();
  }

  fail(error: Error): void {
    if (!this.isStopped) this.owner.payloadFailed(error);
  }
}

const CRLF = Buffer.from("\r\n");

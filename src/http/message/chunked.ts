/** The chunked transfer coding, read strictly and written. Source: RFC 9112 section 7.1. */

/** Where a chunked body stands: more bytes needed, ended, or not chunked coding at all (the connection must close). */
export type ChunkedState = "more" | "done" | "invalid";

/** Takes a piece of the body, many small chunks of a buffer in one; it is a view of the buffer that was fed and is only good until the sink returns. */
export type ChunkSink = (piece: Buffer) => void;

/** Digits of a chunk size, leading zeros included. */
const SIZE_DIGITS_MAX = 16;
/** Extension bytes of a whole body: they carry nothing that we pass on, and unbounded ones cost CPU and network for nothing (CVE-2024-22019). */
const EXTENSION_BYTES_MAX = 4096;
/** Bytes of the trailer section, line ends included. */
const TRAILER_BYTES_MAX = 8192;

/**
 * Chunks up to here are moved together: a megabyte in chunks of one byte, each written by itself, kept the process from its other clients for
 * five seconds; moved together, for a tenth of one.
 */
const MOVED_BYTES_MAX = 2048;

const step = { size: 0, padding: 1, extension: 2, sizeLf: 3, data: 4, dataCr: 5, dataLf: 6, trailer: 7, done: 8, invalid: 9 } as const;

const LF = 10;
const CR = 13;
const TRAILER_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00-\x08\x0a-\x1f\x7f]*$/;

/** A chunked body under way. Feed it what arrives; it says how much of that belonged to the body. */
export class ChunkedDecoder {
  /** Bytes of the last fed buffer that were used; what is behind them belongs to the next message. */
  consumed: number;
  /** Body bytes handed to the sink so far. */
  bodyBytes: number;
  /** Trailer fields by arrival, `name: value` as sent; they are collected, not merged: whoever forwards them decides. */
  readonly trailers: string[];
  private step: number;
  private sizeDigits: number;
  private remaining: number;
  private extensionBytes: number;
  private trailerBytes: number;
  private trailerLine: string;
  /** Body bytes of the buffer being fed that the sink has not seen. */
  private pieceFrom: number;
  private pieceTo: number;

  constructor() {
    this.consumed = 0;
    this.bodyBytes = 0;
    this.trailers = [];
    this.step = step.size;
    this.sizeDigits = 0;
    this.remaining = 0;
    this.extensionBytes = 0;
    this.trailerBytes = 0;
    this.trailerLine = "";
    this.pieceFrom = 0;
    this.pieceTo = 0;
  }

  /** Body bytes so far with all that the chunk under way declares. */
  get declaredBytes(): number {
    return this.step === step.data ? this.bodyBytes + this.remaining : this.bodyBytes;
  }

  /**
   * Decodes `buffer[from, to)`; pieces of data go to `sink` without a copy, small ones moved together in the buffer, whose used bytes are lost
   * by that. After "done" or "invalid" nothing more is read.
   */
  feed(buffer: Buffer, from: number, to: number, sink: ChunkSink): ChunkedState {
    let at = from;
    while (at < to && this.step < step.done) {
      at = this.step === step.data ? this.takeData(buffer, at, to, sink) : this.takeFraming(buffer, at, to);
    }
    this.handOn(buffer, sink);
    this.consumed = at - from;
    return this.state();
  }

  /** The state without new bytes. */
  state(): ChunkedState {
    if (this.step === step.done) return "done";
    return this.step === step.invalid ? "invalid" : "more";
  }

  private takeData(buffer: Buffer, at: number, to: number, sink: ChunkSink): number {
    const end = Math.min(to, at + this.remaining);
    const bytes = end - at;
    this.remaining -= bytes;
    this.bodyBytes += bytes;
    if (this.remaining === 0) this.step = step.dataCr;
    if (this.pieceTo > this.pieceFrom && bytes <= MOVED_BYTES_MAX) {
      buffer.copyWithin(this.pieceTo, at, end);
      this.pieceTo += bytes;
    } else {
      this.handOn(buffer, sink);
      this.pieceFrom = at;
      this.pieceTo = end;
    }
    return end;
  }

  private handOn(buffer: Buffer, sink: ChunkSink): void {
    const { pieceFrom, pieceTo } = this;
    this.pieceFrom = this.pieceTo = 0;
    if (pieceTo > pieceFrom) sink(buffer.subarray(pieceFrom, pieceTo));
  }

  private takeFraming(buffer: Buffer, at: number, to: number): number {
    if (this.step === step.extension) return this.takeExtension(buffer, at, to);
    if (this.step === step.trailer) return this.takeTrailer(buffer, at, to);
    this.step = this.stepAfter(buffer[at] ?? 0);
    return at + 1;
  }

  private stepAfter(byte: number): number {
    switch (this.step) {
      case step.size:
        return this.afterSizeByte(byte);
      case step.padding:
        return this.afterSize(byte);
      case step.sizeLf:
        if (byte !== LF) return step.invalid;
        return this.remaining === 0 ? step.trailer : step.data;
      case step.dataCr:
        return byte === CR ? step.dataLf : step.invalid;
      default:
        if (byte !== LF) return step.invalid;
        this.sizeDigits = 0;
        return step.size;
    }
  }

  private afterSizeByte(byte: number): number {
    const digit = hexDigit(byte);
    if (digit === -1) return this.sizeDigits === 0 ? step.invalid : this.afterSize(byte);
    this.sizeDigits++;
    this.remaining = this.remaining * 16 + digit;
    return this.sizeDigits > SIZE_DIGITS_MAX || !Number.isSafeInteger(this.remaining) ? step.invalid : step.size;
  }

  /** Behind a size: spaces (some old servers pad with them), then an extension or the line's end. */
  private afterSize(byte: number): number {
    if (byte === CR) return step.sizeLf;
    if (byte === 0x3b) return step.extension;
    if (byte !== 0x20 && byte !== 0x09) return step.invalid;
    this.extensionBytes++;
    return this.extensionBytes > EXTENSION_BYTES_MAX ? step.invalid : step.padding;
  }

  private takeExtension(buffer: Buffer, at: number, to: number): number {
    let end = at;
    let byte = buffer[end] ?? 0;
    while (end < to && byte !== CR && (byte >= 0x20 || byte === 0x09) && byte !== 0x7f) byte = buffer[++end] ?? 0;
    this.extensionBytes += end - at;
    if (this.extensionBytes > EXTENSION_BYTES_MAX) this.step = step.invalid;
    else if (end < to) this.step = byte === CR ? step.sizeLf : step.invalid;
    return end < to ? end + 1 : end;
  }

  private takeTrailer(buffer: Buffer, at: number, to: number): number {
    const lineFeed = buffer.indexOf(LF, at);
    const end = lineFeed === -1 || lineFeed >= to ? to : lineFeed + 1;
    this.trailerBytes += end - at;
    if (this.trailerBytes > TRAILER_BYTES_MAX) this.step = step.invalid;
    else {
      this.trailerLine += buffer.toString("latin1", at, end);
      if (this.trailerLine.endsWith("\n")) this.endTrailerLine();
    }
    return end;
  }

  private endTrailerLine(): void {
    const line = this.trailerLine;
    this.trailerLine = "";
    if (line === "\r\n") this.step = step.done;
    else if (!line.endsWith("\r\n") || !TRAILER_LINE.test(line.slice(0, -2))) this.step = step.invalid;
    else this.trailers.push(line.slice(0, -2));
  }
}

/** The end of a chunked body without trailers. */
export const LAST_CHUNK = "0\r\n\r\n";

/** What goes before the `bytes` of a chunk; behind them goes CRLF. */
export function encodeChunkHead(bytes: number): string {
  return `${bytes.toString(16)}\r\n`;
}

/** A body that is latin1 text as one chunk; an empty one as none, since an empty chunk would be the last. */
export function encodeTextChunk(body: string): string {
  return body === "" ? "" : `${encodeChunkHead(body.length)}${body}\r\n`;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

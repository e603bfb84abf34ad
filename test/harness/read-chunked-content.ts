/** Decodes chunked content, apart from the product's own reader (RFC 9112 section 7.1). */

export interface ChunkedContent {
  readonly text: string;
  /** Offset after the empty line that ends the trailer section. */
  readonly end: number;
}

/** The content whose first chunk-size line starts at `start`; undefined while incomplete or when it is malformed. */
export function readChunkedContent(raw: string, start: number): ChunkedContent | undefined {
  const pieces: string[] = [];
  let at = start;
  for (;;) {
    const lineEnd = raw.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const bytes = Number.parseInt(raw.slice(at, lineEnd), 16);
    if (Number.isNaN(bytes)) return undefined;
    if (bytes === 0) {
      // Without trailer fields the line end of the last chunk is followed by the empty line at once.
      const empty = raw.indexOf("\r\n\r\n", lineEnd);
      return empty === -1 ? undefined : { text: pieces.join(""), end: empty + 4 };
    }
    const next = lineEnd + 2 + bytes + 2;
    if (raw.length < next) return undefined;
    pieces.push(raw.slice(lineEnd + 2, next - 2));
    at = next;
  }
}

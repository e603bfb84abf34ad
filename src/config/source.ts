/** Where configuration text comes from, and places in it. Everything that the pipeline makes points back here. */

export interface Source {
  /** As opened; for text given with -g, "command line". */
  readonly path: string;
  /** latin1: one character is one byte. */
  readonly text: string;
  readonly kind: "file" | "command line";
  /** The include directive that brought this text in. */
  readonly includedFrom: Span | undefined;
  /** Offsets at which lines begin, the first being 0; found once, when first asked for. */
  readonly lineStarts: () => readonly number[];
}

/** A half-open range of offsets in a source. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Both count from 1; a tab is one column. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const BYTE_ORDER_MARK = "\xef\xbb\xbf";

/** A file's text. A UTF-8 byte order mark becomes blanks, so that offsets stay those of the file. */
export function createSource(path: string, text: string, includedFrom?: Span): Source {
  const blanked = text.startsWith(BYTE_ORDER_MARK) ? `   ${text.slice(BYTE_ORDER_MARK.length)}` : text;
  return { path, text: blanked, kind: "file", includedFrom, lineStarts: lineStartsOf(blanked) };
}

/** The directives given with -g, whose mistakes nginx reports as "in command line". */
export function createCommandLineSource(text: string): Source {
  return { path: "command line", text, kind: "command line", includedFrom: undefined, lineStarts: lineStartsOf(text) };
}

export function positionOf(span: Span): Position {
  const starts = span.source.lineStarts();
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= span.start) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: span.start - (starts[low] ?? 0) + 1 };
}

/** "conf/site.conf:3", or "command line": how messages name a place. */
export function placeOf(span: Span): string {
  return span.source.kind === "file" ? `${span.source.path}:${positionOf(span).line}` : span.source.path;
}

/** The include directives that lead to a source, the nearest first. */
export function includersOf(source: Source): readonly Span[] {
  const includers: Span[] = [];
  for (let span = source.includedFrom; span !== undefined; span = span.source.includedFrom) includers.push(span);
  return includers;
}

function lineStartsOf(text: string): () => readonly number[] {
  let starts: number[] | undefined;
  return () => {
    if (starts !== undefined) return starts;
    starts = [0];
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    return starts;
  };
}

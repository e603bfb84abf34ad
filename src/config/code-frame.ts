/** A line of a configuration with the mistake underlined. */

import { displayText } from "./display-text.ts";
import { positionOf, type Span } from "./source.ts";

/** Characters of a line shown; a longer one is cut around the mistake. */
const FRAME_WIDTH = 120;
/** Characters kept before the mistake when a line is cut. */
const FRAME_LEAD = 40;
const CUT = "\u2026";

/** "  --> file:line:column", the line, and carets under the span's part of it followed by `note`. */
export function codeFrame(span: Span, note: string): string {
  const { line, column } = positionOf(span);
  const { text } = span.source;
  const lineStart = span.start - (column - 1);
  const newline = text.indexOf("\n", lineStart);
  const lineEnd = newline === -1 ? text.length : newline;
  const cutStart = lineEnd - lineStart > FRAME_WIDTH ? Math.max(lineStart, span.start - FRAME_LEAD) : lineStart;
  const cutEnd = Math.min(lineEnd, cutStart + FRAME_WIDTH);
  const lead = (cutStart > lineStart ? CUT : "") + displayText(text.slice(cutStart, span.start));
  const marked = displayText(text.slice(span.start, Math.max(span.start, Math.min(span.end, cutEnd))).replace(/\r$/, ""));
  const rest =
    displayText(text.slice(Math.max(span.start, Math.min(span.end, cutEnd)), cutEnd).replace(/\r$/, "")) + (cutEnd < lineEnd ? CUT : "");
  const gutter = " ".repeat(String(line).length);
  const carets = "^".repeat(Math.max(1, marked.length));
  const place = span.source.kind === "file" ? `${displayText(span.source.path)}:${line}:${column}` : `${span.source.path}:${column}`;
  return [
    `  --> ${place}`,
    `${line} | ${lead}${marked}${rest}`.trimEnd(),
    `${gutter} | ${" ".repeat(lead.length)}${carets}${note === "" ? "" : ` ${note}`}`,
  ].join("\n");
}

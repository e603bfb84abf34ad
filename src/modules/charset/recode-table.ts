/** `charset_map`: which bytes of one charset are which of another, both ways (nginx: ngx_http_charset_map). */

import type { Line } from "../../config/directive.ts";
import type { Report } from "../../config/report.ts";
import type { Arg } from "../../config/tree.ts";

/** Octets of a UTF-8 table's entry: how many bytes there are, then at most three of them. */
export const ENTRY_BYTES = 4;

/** From a charset of single bytes to another, to UTF-8 (an entry for each byte), or back from it. */
export type RecodeTable =
  | { readonly kind: "bytes"; readonly table: Uint8Array }
  | { readonly kind: "to utf-8"; readonly table: Uint8Array }
  | { readonly kind: "from utf-8"; readonly table: ReadonlyMap<number, number> };

export interface CharsetMap {
  readonly from: string;
  readonly to: string;
  readonly forward: RecodeTable;
  readonly back: RecodeTable;
}

const QUESTION_MARK = 0x3f;

/** What stands for a byte that the map does not name: ASCII for itself, all else for "?". */
function unmapped(byte: number): number {
  return byte < 0x80 ? byte : QUESTION_MARK;
}

export function readCharsetMap(lines: readonly Line[], report: Report, args: readonly Arg[]): CharsetMap | undefined {
  const [from, to] = args;
  if (from === undefined || to === undefined) return undefined;
  if (from.text.toLowerCase() === to.text.toLowerCase()) {
    return report.error(`"charset_map" between the same charsets "${from.text}" and "${to.text}"`);
  }
  const tables = to.text.toLowerCase() === "utf-8" ? readUtf8Lines(lines, report) : readByteLines(lines, report);
  return { from: from.text, to: to.text, ...tables };
}

type Tables = Pick<CharsetMap, "forward" | "back">;

function readByteLines(lines: readonly Line[], report: Report): Tables {
  const forward = Uint8Array.from({ length: 256 }, (_, byte) => unmapped(byte));
  const back = Uint8Array.from(forward);
  for (const line of lines) {
    const bytes = readLine(line, report);
    const source = bytes?.source;
    const target = bytes?.targets[0];
    if (source === undefined || target === undefined) continue;
    forward[source] = target;
    back[target] = source;
  }
  return { forward: { kind: "bytes", table: forward }, back: { kind: "bytes", table: back } };
}

function readUtf8Lines(lines: readonly Line[], report: Report): Tables {
  const forward = new Uint8Array(256 * ENTRY_BYTES);
  for (let byte = 0; byte < 256; byte++) forward.set([1, unmapped(byte)], byte * ENTRY_BYTES);
  const back = new Map<number, number>();
  for (const line of lines) {
    const bytes = readLine(line, report);
    if (bytes === undefined) continue;
    const char = decodeChar(bytes.targets);
    if (char === undefined) {
      report.error(`invalid value "${line.args[0]?.text ?? ""}"`, line.args[0]?.span);
      continue;
    }
    forward.set([bytes.targets.length, ...bytes.targets], bytes.source * ENTRY_BYTES);
    back.set(char, bytes.source);
  }
  return { forward: { kind: "to utf-8", table: forward }, back: { kind: "from utf-8", table: back } };
}

function readLine(
  { name, args, span }: Line,
  report: Report,
): { readonly source: number; readonly targets: readonly number[] } | undefined {
  const [target] = args;
  if (target === undefined || args.length !== 1) return report.error("invalid parameters number", span);
  const source = readHex(name.text);
  const targets = readHex(target.text);
  if (source?.length !== 1 || source[0] === undefined) return report.error(`invalid value "${name.text}"`, name.span);
  if (targets === undefined) return report.error(`invalid value "${target.text}"`, target.span);
  return { source: source[0], targets };
}

/** "E9", "9", "C3A9". */
function readHex(text: string): readonly number[] | undefined {
  if (/^[0-9a-f]$/i.test(text)) return [Number.parseInt(text, 16)];
  return /^(?:[0-9a-f]{2})+$/i.test(text) ? [...Buffer.from(text, "hex")] : undefined;
}

/** nginx: of two or three bytes; ASCII needs no line. */
function decodeChar(bytes: readonly number[]): number | undefined {
  if (bytes.length < 2 || bytes.length > 3) return undefined;
  const text = Buffer.from(bytes).toString("utf8");
  return text.length === 1 && text !== "\ufffd" ? text.charCodeAt(0) : undefined;
}

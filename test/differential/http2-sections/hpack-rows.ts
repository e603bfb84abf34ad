/** RFC 7541: field blocks that cannot be decoded are the end of a connection (its section 2.3.3 and others; RFC 9113 section 4.3). */

import { fieldBlock, get } from "../../harness/http2-frames.ts";
import { rawHeaders, type SectionRow } from "./section-row.ts";

const BLOCK = fieldBlock(get("/text"));
const BROKEN = "connection COMPRESSION_ERROR";

/** The bytes stand behind a whole head, or before it. */
function broken(section: string, name: string, bytes: string, nginx = BROKEN, place: "behind" | "before" = "behind"): SectionRow {
  return { section: `HPACK ${section}`, name, frames: [rawHeaders(1, around(bytes, place))], watch: 1, ends: BROKEN, nginx };
}

function sound(section: string, name: string, bytes: string, place: "behind" | "before" = "behind"): SectionRow {
  return { section: `HPACK ${section}`, name, frames: [rawHeaders(1, around(bytes, place))], watch: 1, ends: "200" };
}

function around(hex: string, place: "behind" | "before"): Buffer {
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  return Buffer.concat(place === "behind" ? [BLOCK, bytes] : [bytes, BLOCK]);
}

export const hpackRows: readonly SectionRow[] = [
  broken("2.3.3", "an index beyond both tables", "c6"),
  broken("2.3.3", "a name's index beyond both tables", "7f 07 01 61"),
  sound("4.2", "a smaller table at the beginning of a block", "20", "before"),
  broken("4.2", "a new size of the table at the end of a block", "20", "200"),
  broken("4.2", "a table larger than SETTINGS_HEADER_TABLE_SIZE", "3f e2 1f", BROKEN, "before"),
  broken("5.1", "an integer that does not end", "7f ff ff ff ff ff ff ff ff ff ff 7f"),
  broken("5.2", "a string longer than its block", "00 03 78 2d 61 7f 80 01 61", "connection FRAME_SIZE_ERROR"),
  broken("5.2", "a Huffman string with EOS in it", "00 85 f2 b2 4a 84 ff 87 49 50 9f ff ff ff ff"),
  broken("5.2", "a Huffman string padded with more than seven bits", "00 85 f2 b2 4a 84 ff 83 49 50 9f ff", "connection FRAME_SIZE_ERROR"),
  broken("5.2", "a Huffman string padded with zeros", "00 85 f2 b2 4a 84 ff 83 49 50 90"),
  sound("6.1", "a field by its index", "8f"),
  broken("6.1", "the index 0", "80"),
  sound("6.2.1", "a field that is indexed, and taken from the table at once", "40 03 78 2d 61 01 62 be"),
  sound("6.2.3", "a field that is never indexed", "10 03 78 2d 61 01 62"),
  broken("6.3", "a size of the table of 2^32", "3f e1 ff ff ff 0f", BROKEN, "before"),
];

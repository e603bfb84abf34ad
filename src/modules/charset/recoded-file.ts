/** A file whose bytes are recoded one for one, so that ranges can still be cut from it. */

import type { BodySink, BodySlice, BodyStream, SliceableStream } from "../../http/response.ts";
import { TransformedStream } from "../../http/transformed-stream.ts";
import { createRecoding } from "./recode.ts";
import type { RecodeTable } from "./recode-table.ts";

export class RecodedFile implements SliceableStream {
  readonly startsSoon = true;
  private readonly file: SliceableStream;
  private readonly table: RecodeTable;
  private readonly whole: BodyStream;

  constructor(file: SliceableStream, table: RecodeTable) {
    this.file = file;
    this.table = table;
    this.whole = new TransformedStream(file, createRecoding(table));
  }

  start(sink: BodySink): void {
    this.whole.start(sink);
  }

  resume(): void {
    this.whole.resume();
  }

  abort(): void {
    this.whole.abort();
  }

  slice(ranges: readonly BodySlice[]): BodyStream {
    return new TransformedStream(this.file.slice(ranges), createRecoding(this.table));
  }
}

/** A listing as a body that is written when it is sent: how names are cut depends on the charset, which a filter may have set by then. */

import type { BodySink, BodyStream, Response } from "../../http/response.ts";

const UTF_8 = /;\s*charset="?utf-8"?\s*(?:;|$)/i;

export class ListingBody implements BodyStream {
  readonly startsSoon = true;
  private readonly response: Response;
  private readonly render: (charset: "utf-8" | "other") => string;
  private sink: BodySink | undefined;

  constructor(response: Response, render: (charset: "utf-8" | "other") => string) {
    this.response = response;
    this.render = render;
    this.sink = undefined;
  }

  start(sink: BodySink): void {
    const text = this.render(UTF_8.test(this.response.contentType ?? "") ? "utf-8" : "other");
    if (sink.write(Buffer.from(text, "latin1"))) sink.end();
    else this.sink = sink;
  }

  resume(): void {
    const { sink } = this;
    this.sink = undefined;
    sink?.end();
  }

  abort(): void {
    this.sink = undefined;
  }
}

/** `proxy_pass_trailers`: the fields behind an upstream's body on their way to the client (nginx: ngx_http_upstream_process_trailers). */

import type { ResponseHead } from "../http/message/response-head.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Response } from "../http/response.ts";
import type { AnswerFraming } from "./answer-framing.ts";
import type { AnswerFieldRules } from "./response-fields.ts";

/** What a trailer section must not say (RFC 9110, section 6.5.1): framing, routing, and what belongs to a connection. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  "content-length",
  "transfer-encoding",
  "host",
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
]);

/** One answer's trailers. */
export class TrailerPassage {
  private readonly r: RequestContext;
  private readonly framing: AnswerFraming;
  private readonly response: Response;
  private readonly rules: AnswerFieldRules;

  /**
   * To be made before the response's head is sent: HTTP/1 has room for trailers in a chunked body only, so that an answer with a length gives
   * it up when the upstream has announced them.
   */
  constructor(r: RequestContext, head: ResponseHead, framing: AnswerFraming, response: Response, rules: AnswerFieldRules) {
    this.r = r;
    this.framing = framing;
    this.response = response;
    this.rules = rules;
    if (head.field("trailer") !== undefined) response.trailers ??= [];
  }

  /** To be called when the upstream's body is complete, before the response's is said to be. */
  pass(): void {
    const { response, rules } = this;
    const fields = this.framing.trailers;
    const hasRoom = response.contentLength < 0 || response.trailers !== undefined || this.r.head.version > 11;
    if (!hasRoom || fields.length === 0) return;
    response.trailers ??= [];
    for (let i = 0; i < fields.length; i += 2) {
      const name = fields[i] as string; // the list is even
      const lower = name.toLowerCase();
      if (!FORBIDDEN.has(lower) && !rules.hidden.has(lower)) response.trailers.push(name, fields[i + 1] as string);
    }
  }
}

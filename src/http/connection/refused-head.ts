/** A head to log and answer with, for a request whose own could not be read. */

import { NO_BODY } from "../message/body-length.ts";
import type { HeadRefusal } from "../message/head-refusal.ts";
import { RequestHead } from "../message/request-head.ts";

/** Holds what had been read; the connection closes after its answer, and no content of the request is waited for. */
export function refusedHead(refusal: HeadRefusal): RequestHead {
  const head = refusal.head ?? headOfWords(refusal);
  head.framing = NO_BODY;
  head.expectContinue = false;
  head.connectionClose = true;
  return head;
}

function headOfWords({ requestLine, version }: HeadRefusal): RequestHead {
  const [method = "", target = ""] = requestLine.split(" ");
  return new RequestHead(method, target, requestLine, version, undefined);
}

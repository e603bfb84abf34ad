/** A head to log and answer with, for a request whose own could not be read. */

import type { HeadRefusal } from "../message/head-refusal.ts";
import { RequestHead } from "../message/request-head.ts";

/** Holds what is known of the request line; the connection closes after its answer. */
export function refusedHead(refusal: HeadRefusal): RequestHead {
  const words = refusal.requestLine.split(" ");
  const head = new RequestHead(words[0] ?? "", words[1] ?? "", refusal.requestLine, refusal.version, undefined);
  head.connectionClose = true;
  return head;
}

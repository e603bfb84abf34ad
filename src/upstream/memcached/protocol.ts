/** Requests as memcached's `get` (memcached, doc/protocol.txt; nginx: ngx_http_memcached_create_request). */

import { escapeUri } from "../../http/message/escape.ts";
import type { ResponseHead } from "../../http/message/response-head.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { Template } from "../../http/template.ts";
import { type AnswerRemark, UnencodableRequest, type UpstreamProtocol } from "../upstream-protocol.ts";
import { readValueHead } from "./read-value-head.ts";
import { ValueFraming } from "./value-framing.ts";

const COMMAND = "get ";
const LINE_END = "\r\n";

export interface MemcachedProtocolSettings {
  /** `$memcached_key` */
  readonly key: Template;
  /** `memcached_gzip_flag`: the bits of a value's flags that say it is compressed; 0: none. */
  readonly gzipFlag: number;
}

export function createMemcachedProtocol({ key, gzipFlag }: MemcachedProtocolSettings): UpstreamProtocol {
  return {
    name: "memcached",
    keepsAlive: true,
    sendsChunks: false,
    takesBody: false,
    encodeHead: (r: RequestContext) => {
      const text = key.evaluate(r);
      if (text === "") return new UnencodableRequest('the "$memcached_key" variable is not set', "error");
      return COMMAND + escapeUri(text, "memcached") + LINE_END;
    },
    uriForLog: () => "",
    diagnoseSilence: (error) => error,
    readHead: (bytes, sentHead, bytesMax) => readValueHead(bytes, { key: keyOf(sentHead), bytesMax, gzipFlag }),
    frame: (head, method) => new ValueFraming(head, method),
    remarkOn: remarkOnAbsence,
    replacementBody: () => undefined,
  };
}

/** As it is sent: no byte of it ends a line or the key. */
export function keyOf(sentHead: string): string {
  return sentHead.slice(COMMAND.length, -LINE_END.length);
}

function remarkOnAbsence(head: ResponseHead, sentHead: string): AnswerRemark | undefined {
  return head.status === 404 ? { level: "info", message: `key: "${keyOf(sentHead)}" was not found by memcached` } : undefined;
}

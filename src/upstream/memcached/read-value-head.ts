/** The line that memcached answers `get` with: a value's flags and length, or END (nginx: ngx_http_memcached_process_header). */

import { parseContentLength } from "../../http/message/body-length.ts";
import { ResponseHead } from "../../http/message/response-head.ts";
import { UpstreamError } from "../upstream-error.ts";

export interface AskedValue {
  /** As it was sent. */
  readonly key: string;
  readonly bytesMax: number;
  /** The bits of a value's flags that say it is compressed; 0: flags are not looked at. */
  readonly gzipFlag: number;
}

const VALUE = "VALUE ";
const NOT_FOUND = "END";

/** A head with status 200 and the value's length, or 404; undefined while the line has no end. */
export function readValueHead(bytes: Buffer, { key, bytesMax, gzipFlag }: AskedValue): ResponseHead | UpstreamError | undefined {
  const text = bytes.toString("latin1", 0, Math.min(bytes.length, bytesMax));
  const lineFeed = text.indexOf("\n");
  if (lineFeed === -1) return text.length < bytesMax ? undefined : new UpstreamError("head_too_big", "upstream sent too big header");
  const line = text.slice(0, lineFeed - 1);
  if (text[lineFeed - 1] !== "\r") return refuse(`response: "${text.slice(0, lineFeed)}"`);
  const head = new ResponseHead();
  head.version = 11;
  head.end = lineFeed + 1;
  if (line === NOT_FOUND) {
    head.status = 404;
    head.contentLength = 0;
    return head;
  }
  if (!line.startsWith(VALUE)) return refuse(`response: "${line}"`);
  if (!line.startsWith(key, VALUE.length)) return refuse(`key in response "${line}" for key "${key}"`);
  const found = /^ ([^ \0]*) ([^\0]*)$/.exec(line.slice(VALUE.length + key.length));
  if (found === null) return refuse(`response: "${line}"`);
  const [, flags = "", lengthText = ""] = found;
  const isCompressed = gzipFlag === 0 ? false : hasBits(flags, gzipFlag);
  if (isCompressed === undefined) return refuse(`flags in response "${line}" for key "${key}"`);
  const length = parseContentLength(lengthText);
  if (typeof length !== "number") return refuse(`length in response "${line}" for key "${key}"`);
  head.status = 200;
  head.contentLength = length;
  if (isCompressed) {
    head.names.push("Content-Encoding");
    head.lowerNames.push("content-encoding");
    head.values.push("gzip");
  }
  return head;
}

/** Undefined where the flags are no number. */
function hasBits(flags: string, bits: number): boolean | undefined {
  if (typeof parseContentLength(flags) !== "number") return undefined;
  return (BigInt(flags) & BigInt(bits)) !== 0n;
}

function refuse(what: string): UpstreamError {
  return new UpstreamError("invalid_value", `memcached sent invalid ${what}`);
}

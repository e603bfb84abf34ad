/** Requests as uwsgi packets; answers are CGI-like heads and bodies that end with the connection or their Content-Length. */

import type { ResponseHead } from "../../http/message/response-head.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { HttpFraming } from "../http-framing.ts";
import { readCgiHead } from "../read-answer-head.ts";
import { UpstreamError } from "../upstream-error.ts";
import { type AnswerRemark, UnencodableRequest, type UpstreamProtocol, type UpstreamTarget } from "../upstream-protocol.ts";
import { encodePacket } from "./packet.ts";

export interface UwsgiProtocolSettings {
  readonly modifier1: number;
  readonly modifier2: number;
  readonly encodeVars: (r: RequestContext) => string;
}

/** What a uWSGI without `buffer-size` accepts; a longer block is answered by a closed connection and nothing else. */
const DEFAULT_BUFFER_SIZE = 4096;

export function createUwsgiProtocol(settings: UwsgiProtocolSettings): UpstreamProtocol {
  const { modifier1, modifier2, encodeVars } = settings;
  return {
    name: "uwsgi",
    // uWSGI closes after every answer.
    keepsAlive: false,
    sendsChunks: false,
    takesBody: true,
    encodeHead: (r: RequestContext, _target: UpstreamTarget) => {
      const block = encodeVars(r);
      return encodePacket(modifier1, modifier2, block) ?? new UnencodableRequest(`uwsgi request is too big: ${block.length}`);
    },
    uriForLog: () => "",
    diagnoseSilence,
    readHead: readCgiHead,
    frame: (head, method) => new HttpFraming(head, method),
    remarkOn,
    replacementBody: () => undefined,
  };
}

/** As the client's field stands in a packet. */
const UPGRADE_VAR = "\x0c\0HTTP_UPGRADE";

function diagnoseSilence(error: UpstreamError, sentHead: string): UpstreamError {
  const blockBytes = sentHead.length - 4;
  if (sentHead.includes(UPGRADE_VAR) && blockBytes <= DEFAULT_BUFFER_SIZE) return diagnoseUpgrade(error);
  if (error.kind !== "error" || blockBytes <= DEFAULT_BUFFER_SIZE) return error;
  const remedy = `uWSGI's default buffer-size is ${DEFAULT_BUFFER_SIZE}; this request's vars are ${blockBytes} bytes; set buffer-size`;
  return new UpstreamError("packet_over_buffer_size", error.message, error.level, remedy);
}

/** What makes an application fail that could answer anything but a WebSocket. */
function diagnoseUpgrade(error: UpstreamError): UpstreamError {
  const remedy =
    error.kind === "timeout"
      ? "each open WebSocket holds one worker or thread of uWSGI: give it threads or an asynchronous mode (--threads, --gevent)"
      : "the WebSocket was not taken: uWSGI needs a build with SSL, a websocket_handshake() in the application, and threads or an asynchronous mode";
  return new UpstreamError(error.causeCode, error.message, error.level, remedy);
}

/** An HTTP server calls a packet a bad request; applications behind uWSGI seldom say 400 and close in so few words. */
function remarkOn(head: ResponseHead): AnswerRemark | undefined {
  const looksLikeHttpServer = head.status === 400 && head.version !== 9 && (head.connectionClose || head.field("server") !== undefined);
  return looksLikeHttpServer
    ? {
        level: "warn",
        message: "upstream answered 400 to a uwsgi packet: if it speaks HTTP, use proxy_pass (or give uWSGI a uwsgi socket)",
      }
    : undefined;
}

/** The client's side of a request that is only explained: it has sent its head, its body would come, and it only listens. */

import type { CompiledSocket } from "../../boot/snapshot.ts";
import type { Exchange } from "../../http/exchange.ts";
import type { BodyFraming } from "../../http/message/body-length.ts";
import { NO_REQUEST_BODY } from "../../http/no-request-body.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { isBodyStream, type Response } from "../../http/response.ts";
import type { SpokenProtocol } from "./explained-tls.ts";
import { localAddress } from "./find-listen.ts";

/** `done` gets the request when it has its answer, or is dropped without one. */
export function createExplainedExchange(
  socket: CompiledSocket,
  host: string,
  framing: BodyFraming,
  spoken: SpokenProtocol,
  done: (r: RequestContext) => void,
): Exchange {
  const isUnix = socket.bind.path !== undefined;
  return {
    connection: {
      serial: 1,
      remoteAddress: isUnix ? "unix:" : "127.0.0.1",
      remotePort: isUnix ? "" : "0",
      localAddress: localAddress(socket, host),
      localPort: String(socket.bind.port ?? ""),
      requests: 1,
      openedAtMs: performance.now(),
      tls: spoken.tls,
      isPlainOnTls: spoken.isPlainOnTls,
      proxyHeader: undefined,
    },
    body: { ...NO_REQUEST_BODY, declaredLength: framing.kind === "none" ? 0 : framing.kind === "length" ? framing.bytes : -1 },
    gone: false,
    onGone: undefined,
    send: (r: RequestContext, response: Response) => {
      if (isBodyStream(response.body)) response.body.abort();
      response.onDone?.();
      done(r);
    },
    drop: done,
  };
}

/** One exchange with an OCSP responder (RFC 6960 appendix A.1; nginx: ngx_ssl_ocsp_request). */

import type { IncomingMessage } from "node:http";

const REQUEST_TYPE = "application/ocsp-request";
const RESPONSE_TYPE = "application/ocsp-response";
/** nginx's buffer. */
const RESPONSE_BYTES_MAX = 16_384;
/** nginx's, for the whole exchange. */
const TIMEOUT_MS = 60_000;

/** Why there is no response, in a sentence. */
export class ResponderError extends Error {
  override readonly name = "ResponderError";
}

/** The DER of a response, not looked at. Throws a ResponderError, or what the connection failed with. */
export async function askResponder(url: URL, request: Buffer, ended: AbortSignal): Promise<Buffer> {
  // Few configurations ask: the client is not loaded at start-up.
  const { request: send } = await import("node:http");
  const signal = AbortSignal.any([ended, AbortSignal.timeout(TIMEOUT_MS)]);
  const headers = { "Content-Type": REQUEST_TYPE, Accept: RESPONSE_TYPE, "Content-Length": request.length, Connection: "close" };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    send(url, { method: "POST", headers, agent: false, signal }, resolve).on("error", reject).end(request);
  });
  try {
    if (response.statusCode !== 200) throw new ResponderError(`OCSP responder sent status ${response.statusCode}`);
    const { "content-type": type } = response.headers;
    if (type === undefined) throw new ResponderError('OCSP responder sent no "Content-Type" header');
    if (type.toLowerCase() !== RESPONSE_TYPE) throw new ResponderError(`OCSP responder sent invalid "Content-Type" header: "${type}"`);
    return await readBody(response);
  } finally {
    response.destroy();
  }
}

async function readBody(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > RESPONSE_BYTES_MAX) throw new ResponderError("OCSP responder sent too big response");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Answers made from a status alone: the built-in pages (nginx: ngx_http_special_response.c). */

import { type ErrorPageWords, errorPageWords, wireStatus } from "../message/status.ts";
import type { RequestContext } from "../request-context.ts";
import { fullResponse, Response } from "../response.ts";
import { serverToken } from "../server-identity.ts";

/** After these the connection closes: what follows on it cannot be trusted to be a request. */
const CLOSES_CONNECTION: ReadonlySet<number> = new Set([400, 413, 414, 495, 496, 497, 500, 501]);

export function closesConnection(status: number): boolean {
  return CLOSES_CONNECTION.has(status);
}

/** The built-in page for a status, without error_page. Statuses that nginx has no words for get an empty body. */
export function specialResponse(r: RequestContext, status: number): Response {
  const words = errorPageWords(status);
  const sent = wireStatus(status);
  const response =
    words === undefined
      ? new Response(sent, undefined, sent === 204 || sent === 304 ? -1 : 0)
      : fullResponse(sent, "text/html", renderPage(words, serverToken(r.location.settings.serverTokens)));
  response.isErrorPage = true;
  response.closesConnection = closesConnection(status);
  return response;
}

/** A redirect's page with its Location. */
export function redirectResponse(r: RequestContext, status: number, location: string): Response {
  const response = specialResponse(r, status);
  response.location = location;
  return response;
}

function renderPage({ title, heading, cause }: ErrorPageWords, server: string): string {
  const detail = cause === undefined ? "" : `<center>${cause}</center>\r\n`;
  return (
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${heading}</h1></center>\r\n${detail}` +
    `<hr><center>${server}</center>\r\n</body>\r\n</html>\r\n`
  );
}

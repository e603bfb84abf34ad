/** The origin behind the proxy_pass tables: echoes the request, or answers what the target's last segment names. */

import { echoRequest, type Origin, type OriginAnswer, type OriginRequest, startOrigin } from "../harness/origin.ts";

const text = (head: string, body: string): string => `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const OK = "HTTP/1.1 200 OK";
const CHUNKED = `${OK}\r\nTransfer-Encoding: chunked\r\n\r\n`;
const closing = (...parts: readonly (string | number)[]): OriginAnswer => ({ parts, ending: "close" });

/** `%HOST%` stands for the origin's own authority. */
const ANSWERS: Readonly<Record<string, string | OriginAnswer>> = {
  "status-404": text("HTTP/1.1 404 Not Found", "origin 404"),
  "status-500": text("HTTP/1.1 500 Oops", "origin 500"),
  "status-503": text("HTTP/1.1 503 Busy", "origin 503"),
  "status-204": "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n",
  "status-304": 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n',
  "status-299": text("HTTP/1.1 299 Own Reason", "299"),
  "status-401": text('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="origin"\r\nX-A: 1', "origin 401"),
  "no-reason": text("HTTP/1.1 200", "no reason"),
  http10: closing("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil close"),
  "close-delimited": closing(`${OK}\r\nConnection: close\r\n\r\nuntil `, 20, "close"),
  chunked: `${CHUNKED}3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n`,
  "chunked-trailer": `${CHUNKED}3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n`,
  "chunked-extension": `${CHUNKED}3;a=b\r\nabc\r\n0\r\n\r\n`,
  "chunked-split": { parts: [CHUNKED.slice(0, 29), 20, `${CHUNKED.slice(29)}3\r`, 20, "\nab", 20, "c\r\n0\r\n", 20, "\r\n"] },
  "chunked-cut": closing(`${CHUNKED}5\r\nab`),
  "length-cut": closing(`${OK}\r\nContent-Length: 10\r\n\r\nabc`),
  "length-more": closing(`${OK}\r\nContent-Length: 3\r\n\r\nabcdef`),
  empty: `${OK}\r\nContent-Length: 0\r\n\r\n`,
  nothing: closing(),
  reset: { parts: [], ending: "reset" },
  "head-cut": closing(`${OK}\r\nContent-`),
  garbage: closing("this is no HTTP at all\r\n\r\n"),
  "length-and-chunked": closing(`${OK}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`),
  "two-lengths": closing(`${OK}\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`),
  "bad-field": closing(`${OK}\r\nX A: 1\r\n\r\nabc`),
  "folded-field": closing(`${OK}\r\nX-A: 1\r\n 2\r\n\r\nabc`),
  "big-head": `${OK}\r\nX-Long: ${"x".repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`,
  "redirect-origin": `HTTP/1.1 302 Found\r\nLocation: http://%HOST%/moved/x?a=b\r\nContent-Length: 0\r\n\r\n`,
  "redirect-base": `HTTP/1.1 302 Found\r\nLocation: http://%HOST%/base/x\r\nContent-Length: 0\r\n\r\n`,
  "redirect-path": "HTTP/1.1 302 Found\r\nLocation: /moved\r\nContent-Length: 0\r\n\r\n",
  "redirect-elsewhere": "HTTP/1.1 302 Found\r\nLocation: http://elsewhere.test/moved\r\nContent-Length: 0\r\n\r\n",
  refresh: `${OK}\r\nRefresh: 5; url=http://%HOST%/base/again\r\nContent-Length: 0\r\n\r\n`,
  cookies: `${OK}\r\nSet-Cookie: a=1; Path=/base/; Domain=origin.test\r\nSet-Cookie: b=2; path=/; HttpOnly\r\nContent-Length: 0\r\n\r\n`,
  fields: `${OK}\r\nServer: origin\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nX-Pad: 1\r\nX-A: 1\r\nX-A: 2\r\nKeep-Alive: timeout=5\r\nVary: A\r\nContent-Length: 0\r\n\r\n`,
  validators: `${OK}\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\nETag: "v"\r\nAccept-Ranges: bytes\r\nContent-Length: 5\r\n\r\n01234`,
  typed: `${OK}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi`,
  "accel-redirect": `${OK}\r\nX-Accel-Redirect: /internal/file.txt\r\nX-Own: 1\r\nContent-Type: text/x-own\r\nSet-Cookie: a=1\r\nContent-Length: 6\r\n\r\nunseen`,
  "accel-named": `${OK}\r\nX-Accel-Redirect: @named\r\nContent-Length: 0\r\n\r\n`,
  "accel-missing": `${OK}\r\nX-Accel-Redirect: /internal/none\r\nContent-Length: 0\r\n\r\n`,
  "accel-hidden": `${OK}\r\nX-Accel-Expires: 5\r\nX-Accel-Buffering: no\r\nX-Accel-Charset: x\r\nX-Accel-Limit-Rate: 0\r\nX-Accel-Own: 1\r\nContent-Length: 0\r\n\r\n`,
  upgrade: closing("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nraw bytes"),
  large: text(OK, "0123456789abcdef".repeat(20_000)),
};

/** Starts it on a port of the system's choice. */
export function startProxyOrigin(): Promise<Origin> {
  return startOrigin((request) => answer(request));
}

function answer(request: OriginRequest): string | OriginAnswer {
  const segment = /([\w-]*)(?:\?.*)?$/.exec(request.target)?.[1] ?? "";
  const found = ANSWERS[segment];
  if (found === undefined) return echoRequest(request);
  if (typeof found !== "string") return found;
  const full = found.replaceAll("%HOST%", request.fields.find(([name]) => name === "Host")?.[1] ?? "");
  return request.method === "HEAD" ? full.slice(0, full.indexOf("\r\n\r\n") + 4) : full;
}

/** Status lines and the words of the built-in error pages, exactly nginx's. Source: nginx ngx_http_header_filter_module.c, ngx_http_special_response.c. */

const REASONS: Readonly<Record<number, string>> = {
  100: "Continue",
  101: "Switching Protocols",
  103: "Early Hints",
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  302: "Moved Temporarily",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Not Allowed",
  406: "Not Acceptable",
  408: "Request Time-out",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Request Entity Too Large",
  414: "Request-URI Too Large",
  415: "Unsupported Media Type",
  416: "Requested Range Not Satisfiable",
  421: "Misdirected Request",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out",
  505: "HTTP Version Not Supported",
  507: "Insufficient Storage",
};

/** nginx's own statuses, which are only good for error_page and the log: on the wire they are 400. */
const PAGES_OF_400: Readonly<Record<number, string>> = {
  494: "Request Header Or Cookie Too Large",
  495: "The SSL certificate error",
  496: "No required SSL certificate was sent",
  497: "The plain HTTP request was sent to HTTPS port",
};

/** nginx's pages that do not repeat the status line. */
const HEADINGS_OF_THEIR_OWN: Readonly<Record<number, string>> = { 302: "302 Found", 401: "401 Authorization Required" };

const STATUS_MAX = 999;
const statusLines: string[] = Array.from({ length: STATUS_MAX + 1 }, (_, status) => composeStatusLine(status));

/** `HTTP/1.1 404 Not Found` with its line end. A status that nginx has no words for keeps the space behind it and no reason. */
export function statusLine(status: number): string {
  return statusLines[status] ?? composeStatusLine(status);
}

/** The reason phrase nginx sends; "" for a status it has no words for. */
export function reasonPhrase(status: number): string {
  return REASONS[status] ?? "";
}

/** The status that goes on the wire: nginx's internal 494 to 497 are answered as 400. */
export function wireStatus(status: number): number {
  return PAGES_OF_400[status] === undefined ? status : 400;
}

/** The words of a built-in error page: its title, its heading, and for the 400s with a cause of their own the line below it. */
export interface ErrorPageWords {
  readonly title: string;
  readonly heading: string;
  readonly cause: string | undefined;
}

/** The words of the built-in page for a status; undefined where nginx sends an empty body. */
export function errorPageWords(status: number): ErrorPageWords | undefined {
  const cause = PAGES_OF_400[status];
  if (cause !== undefined) return { title: `400 ${cause}`, heading: "400 Bad Request", cause };
  const reason = REASONS[status];
  if (status < 301 || status === 304 || reason === undefined) return undefined;
  const heading = HEADINGS_OF_THEIR_OWN[status] ?? `${status} ${reason}`;
  return { title: heading, heading, cause: undefined };
}

function composeStatusLine(status: number): string {
  return `HTTP/1.1 ${String(status).padStart(3, "0")} ${REASONS[status] ?? ""}\r\n`;
}

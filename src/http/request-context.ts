/** The state of one request on its way through the phases. The head it came with is never changed. */

import type { CompiledLocation, CompiledServer } from "./compiled.ts";
import type { Exchange } from "./exchange.ts";
import type { RequestHead } from "./message/request-head.ts";
import type { ResponseHead } from "./message/response-head.ts";
import type { Response } from "./response.ts";
import type { Trace } from "./trace.ts";
import type { UpstreamState } from "./upstream-state.ts";

/** Of a request whose client is asked for nothing. */
export const NO_CHALLENGES: readonly string[] = [];

export class RequestContext {
  readonly exchange: Exchange;
  readonly head: RequestHead;
  /** Milliseconds of performance.now() when the first byte of the head was read. */
  readonly startedAtMs: number;
  /** The request that this one is a part of (`subrequest.ts`); undefined for a client's own. */
  readonly parent: RequestContext | undefined;
  /** The client's own request; itself where there is no parent. */
  readonly main: RequestContext;

  // What routing and rewriting decide; written by handle-request, enter-location and the rewrite module only.
  server: CompiledServer;
  location: CompiledLocation;
  /** Decoded, normalised path; changes with rewrites and internal redirects ($uri). */
  uri: string;
  /** Raw query string without "?" ($args). */
  args: string;
  /** False while `uri` is what the client asked for, so that an upstream may be sent the target as it came (nginx: valid_unparsed_uri). */
  uriChanged = false;
  /** False after `rewrite … break`: the path no longer has to do with the location's name (nginx: valid_location). */
  isLocationValid = true;
  /** Method in force; an error page's internal redirect makes it GET. */
  method: string;
  /** Lower-case, without port; the server's first name where the request has none ($host). */
  host: string;
  /** An error was met after which the connection cannot go on, whatever page its client gets. */
  closesConnection = false;
  /** Where a redirect led that an `error_page` answers in its stead: its Location is kept, as in nginx. */
  redirectLocation: string | undefined = undefined;
  /** The WWW-Authenticate fields that go with a 401, also behind an `error_page`. */
  challenges: readonly string[] = NO_CHALLENGES;
  /** The Content-Range that goes with a 416, also behind an `error_page`. */
  unsatisfiedRange: string | undefined = undefined;
  /** True once an internal redirect, error page or rewrite brought the request here ($request is unchanged). */
  isInternal = false;
  /** Internal redirects and re-chosen locations left before "rewrite or internal redirection cycle" (nginx: 10). */
  redirectsLeft = 10;
  /** Set while an error page is being produced: the status the client gets unless the page's rule says otherwise; 0: none. */
  errorStatus = 0;
  /** An error was met where there are error pages: errors in making its page are not given pages in turn, unless recursive_error_pages. */
  isErrorPage = false;
  /** The result of the last regular expression that matched: $1 … $9. */
  captures: readonly (string | undefined)[] | undefined = undefined;
  /** Values of variables that the configuration declares (set, named captures), by their index; see `VariableTable`. */
  values: (string | undefined)[] | undefined = undefined;
  /** What modules keep for this request, by slot index; see request-slot.ts. */
  slots: unknown[] | undefined = undefined;
  /** The same for what outlives internal redirects. */
  lastingSlots: unknown[] | undefined = undefined;

  /** Set by `foregate explain` alone. */
  trace: Trace = undefined;

  // What the answer was; written by handle-request and http/connection.
  /** Status sent, or about to be; 0 before. */
  status = 0;
  /** The answer as it was sent, for $sent_http_* and logs; undefined before. */
  response: Response | undefined = undefined;
  /** Octets written to the client: all of them, and without the head. */
  bytesSent = 0;
  bodyBytesSent = 0;
  /** The client kept all it was sent ($request_completion). */
  isComplete = false;
  /** One entry per upstream attempt, undefined when none was made. */
  upstreamStates: UpstreamState[] | undefined = undefined;
  /** Status of the answer that came from upstream ($upstream_http_*), undefined when none did. */
  upstreamHead: ResponseHead | undefined = undefined;

  /** Subrequests of this one that wait for an upstream; kept by `subrequest.ts`. */
  waitingSubrequests = 0;
  /** Subrequests may still be nested so deep (nginx: NGX_HTTP_MAX_SUBREQUESTS). */
  subrequestsLeft = 50;

  constructor(exchange: Exchange, head: RequestHead, server: CompiledServer, startedAtMs: number, parent?: RequestContext) {
    this.parent = parent;
    this.main = parent === undefined ? this : parent.main;
    this.exchange = exchange;
    this.head = head;
    this.startedAtMs = startedAtMs;
    this.server = server;
    this.location = server.rootLocation;
    this.uri = "";
    this.args = "";
    this.method = head.method;
    this.host = "";
  }
}

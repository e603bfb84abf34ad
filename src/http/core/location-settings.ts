/** The core settings of a location that the engine itself reads while it serves a request. Everything else is closed over by handlers. */

import type { ErrorLog } from "../../log/error-log.ts";
import type { BodyBufferLimits } from "../request-body.ts";
import type { RequestContext } from "../request-context.ts";
import type { ErrorPages } from "./error-page.ts";

export interface LocationSettings {
  readonly errorLog: ErrorLog;
  readonly errorPages: ErrorPages;
  readonly recursiveErrorPages: boolean;
  readonly internalOnly: boolean;
  /** `log_subrequest`. */
  readonly logsSubrequests: boolean;
  /** Of an answer that is kept as text. */
  readonly subrequestBytesMax: number;
  /** 0: unlimited. */
  readonly bodyBytesMax: number;
  readonly bodyBuffering: BodyBufferLimits;
  readonly bodyTimeoutMs: number;
  readonly sendTimeoutMs: number;
  /** 0: close after each answer. */
  readonly keepaliveTimeoutMs: number;
  /** So long an idle connection is not closed to make room or to end the process. */
  readonly keepaliveMinTimeoutMs: number;
  /** Sent in a Keep-Alive field; 0: no field. */
  readonly keepaliveHeaderSeconds: number;
  readonly keepaliveRequests: number;
  readonly keepaliveTimeMs: number;
  /** Browsers whose connections are not kept. */
  readonly keepaliveDisabled: readonly ("none" | "msie6" | "safari")[];
  readonly lingeringClose: "off" | "on" | "always";
  readonly lingeringTimeMs: number;
  readonly lingeringTimeoutMs: number;
  /** What has been too slow is reset, not closed. */
  readonly resetsTimedOut: boolean;
  /** Whether a client gets what an upstream sends ahead of its answer; undefined: none does. */
  readonly passesEarlyHints: ((r: RequestContext) => boolean) | undefined;
  readonly chunkedTransferEncoding: boolean;
  readonly serverTokens: "on" | "off" | "build";
  readonly absoluteRedirect: boolean;
  readonly portInRedirect: boolean;
  readonly serverNameInRedirect: boolean;
  readonly logNotFound: boolean;
  /** Path below the document root for a URI path: root or alias applied ($request_filename). */
  readonly mapPath: (r: RequestContext, uri: string) => string;
  /** The value of `root` or `alias` itself ($document_root). */
  readonly documentRoot: (r: RequestContext) => string;
  /** Type for a file name by its extension, from `types` and `default_type`. */
  readonly contentType: (fileName: string) => string;
  readonly defaultType: string;
}

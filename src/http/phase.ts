/** The phases of a request and what a handler may answer in one (nginx development guide, "HTTP phases"). */

import type { InternalRedirect } from "./internal-redirect.ts";
import type { RequestContext } from "./request-context.ts";
import type { Response } from "./response.ts";

/** In the order they run. `post_read` and `server_rewrite` run before a location is chosen, the former once for a request, `log` after the answer is on the wire. */
export const PHASES = ["post_read", "server_rewrite", "rewrite", "preaccess", "access", "precontent", "content", "log"] as const;

export type Phase = (typeof PHASES)[number];

/**
 * What a handler decided:
 * - `undefined`: declined, the next handler is asked;
 * - `"allow"`: access granted (access phase only);
 * - `"relocate"`: the handler changed `r.uri`, the location is chosen again (rewrite phases only);
 * - a number: a status that goes through `error_page`;
 * - an `InternalRedirect`: to another URI or a named location;
 * - a `Response`: the answer, sent through the location's filters.
 */
export type Verdict = undefined | "allow" | "relocate" | number | InternalRedirect | Response;

/** Asked once per request; a promise is for handlers that wait (upstreams, request bodies, slow files) and for them alone. */
export type Handler = (r: RequestContext) => Verdict | Promise<Verdict>;

/** Changes an answer before it is written; returns the one it got or another. Filters never wait: a body that takes time is a `BodyStream`. */
export type Filter = (r: RequestContext, response: Response) => Response;

/** Runs when the answer is on the wire or the client is gone. It must not throw. */
export type LogHandler = (r: RequestContext) => void;

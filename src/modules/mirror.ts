/** `mirror`: requests are repeated in the background, and what is answered there is thrown away (nginx: ngx_http_mirror_module). */

import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { Report } from "../config/report.ts";
import type { Span } from "../config/source.ts";
import type { Arg } from "../config/tree.ts";
import { flag } from "../config/values.ts";
import { InternalRedirect } from "../http/internal-redirect.ts";
import { defineModule } from "../http/module.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { type BackgroundCount, createBackgroundCount, runInBackground } from "../http/run-in-background.ts";
import { isStreamedAway } from "../upstream/streamed-body.ts";

const LOCATIONS = ["http", "server", "location"] as const;

interface Mirror {
  readonly uri: string;
  readonly span: Span;
}

export const mirrorModule = defineModule({
  name: "mirror",
  directives: defineDirectives({
    mirror: many({ in: LOCATIONS, parse: readMirror, arity: 1, syntax: "uri | off" }),
    mirror_request_body: one({ in: LOCATIONS, value: flag(), default: true }),
  }),
  declare(conf, scope) {
    const second = conf.mirror[1];
    if (second === undefined || conf.mirror.every(({ uri }) => uri !== "off")) return;
    scope.report({ level: "emerg", code: "duplicate-directive", message: '"mirror" directive is duplicate', span: second.span });
  },
  phases: {
    precontent(conf, scope) {
      const uris = conf.mirror.map(({ uri }) => uri).filter((uri) => uri !== "off");
      if (uris.length === 0) return undefined;
      const count = scope.services.shared("background subrequests", createBackgroundCount);
      if (!conf.mirror_request_body) return (r) => mirror(r, uris, "none", count);
      return (r) => mirrorWithBody(r, uris, count);
    },
  },
});

function mirror(r: RequestContext, uris: readonly string[], body: "request's" | "none", count: BackgroundCount): undefined {
  if (r.parent !== undefined) return undefined;
  for (const uri of uris) {
    if (r.trace === undefined) runInBackground(r, { target: new InternalRedirect(uri, r.args), body }, count);
    else r.trace({ step: "mirror", subject: uri, text: "is asked the same in the background", won: true });
  }
  return undefined;
}

/** nginx: the body is read whole before anything is asked. */
function mirrorWithBody(r: RequestContext, uris: readonly string[], count: BackgroundCount): Verdict | Promise<Verdict> {
  const { body } = r.exchange;
  if (r.parent !== undefined || body.declaredLength === 0 || isStreamedAway(r)) return mirror(r, uris, "request's", count);
  const read = body.buffer(r.location.settings.bodyBuffering);
  if (typeof read === "number") return read;
  if (!(read instanceof Promise)) return mirror(r, uris, "request's", count);
  return read.then((result) => (typeof result === "number" ? result : mirror(r, uris, "request's", count)));
}

function readMirror(args: readonly Arg[], report: Report): Mirror | undefined {
  const [arg] = args;
  return arg === undefined ? undefined : { uri: arg.text, span: report.span };
}

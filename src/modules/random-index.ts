/** `random_index`: any file stands for its directory (nginx: ngx_http_random_index_module). */

import { randomInt } from "node:crypto";
import { defineDirectives, one } from "../config/define-directives.ts";
import { flag } from "../config/values.ts";
import { readEntries, refuseDirectory } from "../http/core/directory.ts";
import { asSystemError } from "../http/core/file.ts";
import { refuseUnmapped } from "../http/core/root.ts";
import { InternalRedirect } from "../http/internal-redirect.ts";
import { defineModule } from "../http/module.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";

const directives = defineDirectives({ random_index: one({ in: ["location"], value: flag(), default: false }) });

const SLASH = 0x2f;

export const randomIndexModule = defineModule({
  name: "random_index",
  directives,
  phases: { content: (conf) => (conf.random_index ? pickIndex : undefined) },
});

function pickIndex(r: RequestContext): Verdict | Promise<Verdict> {
  if (r.uri.charCodeAt(r.uri.length - 1) !== SLASH) return undefined;
  if (r.method !== "GET" && r.method !== "HEAD" && r.method !== "POST") return undefined;
  const path = r.location.settings.mapPath(r, r.uri);
  return path === "" ? refuseUnmapped(r) : redirectIntoDirectory(r, path);
}

/** Undefined where the directory holds no file. */
async function redirectIntoDirectory(r: RequestContext, path: string): Promise<Verdict> {
  try {
    const files = (await readEntries(path)).filter(({ kind }) => kind === "file");
    const file = files.length === 0 ? undefined : files[randomInt(files.length)];
    if (file === undefined) return undefined;
    r.trace?.({ step: "random_index", subject: path, text: `one of its files: "${file.name}"`, won: true });
    return new InternalRedirect(r.uri + file.name, r.args);
  } catch (error) {
    return refuseDirectory(r, path, asSystemError(error));
  }
}

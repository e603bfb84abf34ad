/** `dav_methods`: files written, removed, copied and moved by clients (nginx: ngx_http_dav_module; RFC 4918). */

import { defineDirectives, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import { count, flag, joinWords, words } from "../config/values.ts";
import { defineModule } from "../http/module.ts";
import type { Verdict } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { copyOrMove } from "./dav/copy-or-move.ts";
import { DEFAULT_ACCESS, readAccess } from "./dav/dav-access.ts";
import { deleteResource } from "./dav/delete-resource.ts";
import { makeCollection } from "./dav/make-collection.ts";
import { putFile } from "./dav/put-file.ts";

const LEVELS = { in: ["http", "server", "location"] } as const;

export const davDirectives = defineDirectives({
  dav_methods: one({
    ...LEVELS,
    values: words("off", "PUT", "DELETE", "MKCOL", "COPY", "MOVE"),
    default: ["off"] as const,
    merge: joinWords,
  }),
  create_full_put_path: one({ ...LEVELS, value: flag(), default: false }),
  min_delete_depth: one({ ...LEVELS, value: count(), default: 0 }),
  dav_access: one({ ...LEVELS, parse: readAccess, arity: [1, 3], syntax: "users:permissions ...", default: DEFAULT_ACCESS }),
});

export const davModule = defineModule({
  name: "dav",
  directives: davDirectives,
  phases: {
    content(conf) {
      const methods = new Set<string>(conf.dav_methods.filter((method) => method !== "off"));
      if (methods.size === 0) return undefined;
      return (r) => (methods.has(r.method) ? serve(r, conf) : undefined);
    },
  },
});

function serve(r: RequestContext, conf: SettingsOf<typeof davDirectives>): Verdict | Promise<Verdict> {
  const access = conf.dav_access;
  switch (r.method) {
    case "PUT":
      return putFile(r, { access, parents: conf.create_full_put_path ? "made" : "needed" });
    case "DELETE":
      return deleteResource(r, conf.min_delete_depth);
    case "MKCOL":
      return makeCollection(r, access);
    case "COPY":
    case "MOVE":
      return copyOrMove(r, r.method, access);
    default:
      return undefined;
  }
}

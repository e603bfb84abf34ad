/**
 * The modules, in the order in which their handlers are asked and their filters applied. This list is that order and nothing else is:
 * within a phase the first module is asked first; filters run from the top down, so what stands lower sees what is nearer to the wire.
 */

import type { AnyModule } from "../http/module.ts";
import { accessModule } from "./access.ts";
import { authBasicModule } from "./auth-basic.ts";
import { geoModule } from "./geo.ts";
import { gzipModule } from "./gzip.ts";
import { headersModule } from "./headers.ts";
import { indexFileModule } from "./index-file.ts";
import { logModule } from "./log.ts";
import { mapModule } from "./map.ts";
import { notModifiedModule } from "./not-modified.ts";
import { proxyModule } from "./proxy.ts";
import { rangeModule } from "./range.ts";
import { realipModule } from "./realip.ts";
import { rewriteModule } from "./rewrite.ts";
import { splitClientsModule } from "./split-clients.ts";
import { staticModule } from "./static.ts";
import { tryFilesModule } from "./try-files.ts";
import { upstreamModule } from "./upstream.ts";
import { uwsgiModule } from "./uwsgi.ts";

export const MODULES: readonly AnyModule[] = [
  // Names that others refer to.
  upstreamModule,
  mapModule,
  geoModule,
  splitClientsModule,

  // post_read and preaccess: who the client is, before anything asks for its address.
  realipModule,

  // rewrite phases
  rewriteModule,

  // access
  accessModule,
  authBasicModule,

  // precontent
  tryFilesModule,

  // Content: those that take a location over, then those that look for files.
  proxyModule,
  uwsgiModule,
  indexFileModule,
  staticModule,

  // Filters: conditions are judged on the plain answer, then it is compressed, cut into ranges, and given its last fields.
  notModifiedModule,
  headersModule,
  gzipModule,
  rangeModule,

  logModule,
];

/**
 * The modules, in the order in which their handlers are asked and their filters applied. This list is that order and nothing else is:
 * within a phase the first module is asked first; filters run from the top down, so what stands lower sees what is nearer to the wire.
 */

import type { AnyModule } from "../http/module.ts";
import { accessModule } from "./access.ts";
import { additionModule } from "./addition.ts";
import { authBasicModule } from "./auth-basic.ts";
import { authJwtModule } from "./auth-jwt.ts";
import { authRequestModule } from "./auth-request.ts";
import { autoindexModule } from "./autoindex.ts";
import { brotliModule } from "./brotli.ts";
import { brotliStaticModule } from "./brotli-static.ts";
import { charsetModule } from "./charset.ts";
import { davModule } from "./dav.ts";
import { emptyGifModule } from "./empty-gif.ts";
import { envVarModule } from "./env-var.ts";
import { geoModule } from "./geo.ts";
import { gunzipModule } from "./gunzip.ts";
import { gzipModule } from "./gzip.ts";
import { gzipStaticModule } from "./gzip-static.ts";
import { headersModule } from "./headers.ts";
import { indexFileModule } from "./index-file.ts";
import { limitConnModule } from "./limit-conn.ts";
import { limitRateModule } from "./limit-rate.ts";
import { limitReqModule } from "./limit-req.ts";
import { logModule } from "./log.ts";
import { mapModule } from "./map.ts";
import { memcachedModule } from "./memcached.ts";
import { mirrorModule } from "./mirror.ts";
import { notModifiedModule } from "./not-modified.ts";
import { postActionModule } from "./post-action.ts";
import { proxyModule } from "./proxy.ts";
import { randomIndexModule } from "./random-index.ts";
import { rangeModule } from "./range.ts";
import { realipModule } from "./realip.ts";
import { refererModule } from "./referer.ts";
import { rewriteModule } from "./rewrite.ts";
import { secureLinkModule } from "./secure-link.ts";
import { sliceModule } from "./slice.ts";
import { splitClientsModule } from "./split-clients.ts";
import { ssiModule } from "./ssi.ts";
import { staticModule } from "./static.ts";
import { stubStatusModule } from "./stub-status.ts";
import { subFilterModule } from "./sub-filter.ts";
import { tryFilesModule } from "./try-files.ts";
import { upstreamModule } from "./upstream.ts";
import { useridModule } from "./userid.ts";
import { uwsgiModule } from "./uwsgi.ts";

export const MODULES: readonly AnyModule[] = [
  // Names that others refer to.
  envVarModule,
  upstreamModule,
  mapModule,
  geoModule,
  splitClientsModule,
  refererModule,
  secureLinkModule,

  // post_read and preaccess: who the client is, before anything asks for its address.
  realipModule,

  // rewrite phases
  rewriteModule,

  // preaccess
  limitReqModule,
  limitConnModule,

  // access
  accessModule,
  authBasicModule,
  authJwtModule,
  authRequestModule,

  // precontent
  tryFilesModule,
  mirrorModule,

  // Content: those that take a location over, then those that look for files.
  proxyModule,
  uwsgiModule,
  memcachedModule,
  stubStatusModule,
  emptyGifModule,
  randomIndexModule,
  indexFileModule,
  autoindexModule,
  davModule,
  brotliStaticModule,
  gzipStaticModule,
  staticModule,

  // Filters: conditions are judged on the plain answer, then its text is changed, it is compressed, cut into ranges, and given its last fields.
  sliceModule,
  notModifiedModule,
  headersModule,
  useridModule,
  gunzipModule,
  additionModule,
  subFilterModule,
  charsetModule,
  ssiModule,
  brotliModule,
  gzipModule,
  rangeModule,
  limitRateModule,

  // The log phase: a line first, then what is asked of others.
  logModule,
  postActionModule,
];

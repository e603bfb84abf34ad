/** Every directive table there is: what a configuration may say. */

import type { DirectiveTable } from "../config/directive.ts";
import { accessDirectives } from "../http/core/access-directives.ts";
import { blockDirectives } from "../http/core/block-directives.ts";
import { clientDirectives } from "../http/core/client-directives.ts";
import { connectionDirectives } from "../http/core/connection-directives.ts";
import { errorLogDirectives } from "../http/core/error-log.ts";
import { errorPageDirectives } from "../http/core/error-page.ts";
import { fileDirectives } from "../http/core/file.ts";
import { http2Directives } from "../http/core/http2-directives.ts";
import { internalDirectives } from "../http/core/internal.ts";
import { rootDirectives } from "../http/core/root.ts";
import { sslDirectives } from "../http/core/ssl-directives.ts";
import { subrequestDirectives } from "../http/core/subrequest-directives.ts";
import { typesDirectives } from "../http/core/types.ts";
import { ignoredDirectives } from "../modules/ignored.ts";
import { MODULES } from "../modules/index.ts";
import { mainDirectives } from "./main-directives.ts";

/** Core first, then the modules in their order, then what is accepted without effect. */
export const TABLES: readonly DirectiveTable[] = [
  mainDirectives,
  blockDirectives,
  connectionDirectives,
  http2Directives,
  clientDirectives,
  rootDirectives,
  typesDirectives,
  errorPageDirectives,
  errorLogDirectives,
  fileDirectives,
  internalDirectives,
  subrequestDirectives,
  accessDirectives,
  sslDirectives,
  ...MODULES.map((module) => module.directives),
  ignoredDirectives,
];

/** Names of files in a configuration that may hold variables, made whole (nginx: ngx_conf_full_name, ngx_http_complex_value_t with conf_prefix). */

import { resolve } from "node:path";
import type { TemplateText } from "../config/template-text.ts";
import type { ConfigPaths } from "./module.ts";

/** nginx: a path that begins with a variable is taken to be whole. */
export function inConfPrefix(path: TemplateText, paths: ConfigPaths): TemplateText {
  if (path.text.startsWith("$") || path.text.startsWith("/")) return path;
  const prefix = resolve(paths.confPrefix);
  return { ...path, text: `${prefix}/${path.text}`, parts: [`${prefix}/`, ...path.parts] };
}

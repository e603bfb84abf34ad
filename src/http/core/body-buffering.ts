/** Where a location's request bodies are put that have to be read whole (nginx: ngx_http_write_request_body). */

import type { SettingsOf } from "../../config/directive.ts";
import type { BodyBufferLimits, BodyFile } from "../request-body.ts";
import { CLIENT_BODY_TEMP_PATH, type clientDirectives } from "./client-directives.ts";

const FILES: Readonly<Record<"off" | "clean" | "on", BodyFile>> = {
  off: "when needed",
  clean: "removed after the request",
  on: "kept",
};

/** `prefix` ends in "/". */
export function compileBodyBuffering(conf: SettingsOf<typeof clientDirectives>, prefix: string): BodyBufferLimits {
  const { path, level1, level2, level3 } = conf.client_body_temp_path ?? { path: CLIENT_BODY_TEMP_PATH };
  return {
    memoryBytesMax: conf.client_body_buffer_size,
    tempPath: path.startsWith("/") ? path : prefix + path,
    tempLevels: [level1, level2, level3].filter((level) => level !== undefined),
    file: FILES[conf.client_body_in_file_only],
  };
}

/** `types` and `default_type`: the content type of a file by its name's extension (nginx: ngx_http_core_module). */

import { defineDirectives, lines, one } from "../../config/define-directives.ts";
import type { Line, SettingsOf } from "../../config/directive.ts";
import type { Report } from "../../config/report.ts";
import { text } from "../../config/values.ts";
import type { LocationSettings } from "./location-settings.ts";

/** Content types by lower-case extension. */
export type ExtensionTypes = ReadonlyMap<string, string>;

/** What nginx knows where no `types` block is in force. */
const DEFAULT_TYPES: ExtensionTypes = new Map([
  ["html", "text/html"],
  ["gif", "image/gif"],
  ["jpg", "image/jpeg"],
]);

export const typesDirectives = defineDirectives({
  types: lines({
    in: ["http", "server", "location"],
    parse: readTypes,
    merge: (earlier: ExtensionTypes, later: ExtensionTypes) => new Map([...earlier, ...later]),
    default: DEFAULT_TYPES,
  }),
  default_type: one({ in: ["http", "server", "location"], value: text(), syntax: "mime-type", default: "text/plain" }),
});

/** The lookup that a location's settings give. */
export function compileTypes(conf: SettingsOf<typeof typesDirectives>): Pick<LocationSettings, "contentType" | "defaultType"> {
  const types = conf.types;
  const defaultType = conf.default_type;
  const contentType = (fileName: string): string => {
    const extension = extensionOf(fileName);
    return extension === "" ? defaultType : (types.get(extension) ?? types.get(extension.toLowerCase()) ?? defaultType);
  };
  return { contentType, defaultType };
}

/** What follows the last "." of the last segment, as written; "" without one. A segment's leading dot begins no extension: "/.html" has none. */
export function extensionOf(fileName: string): string {
  const dot = fileName.lastIndexOf(".");
  if (dot < 2 || fileName.charCodeAt(dot - 1) === 0x2f || fileName.indexOf("/", dot) !== -1) return "";
  return fileName.slice(dot + 1);
}

function readTypes(typeLines: readonly Line[], report: Report): ExtensionTypes {
  const types = new Map<string, string>();
  for (const { name, args } of typeLines) {
    for (const arg of args) {
      const extension = arg.text.toLowerCase();
      const previous = types.get(extension);
      if (previous !== undefined) {
        report.warn(`duplicate extension "${extension}", content type: "${name.text}", previous content type: "${previous}"`, arg.span);
      }
      types.set(extension, name.text);
    }
  }
  return types;
}

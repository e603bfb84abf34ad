/** Listings as XML (nginx: ngx_http_autoindex_xml). */

import type { DirectoryEntry } from "../../http/core/directory.ts";
import { escapeHtml } from "../../http/message/escape.ts";

export function renderXml(entries: readonly DirectoryEntry[]): string {
  return `<?xml version="1.0"?>\r\n<list>\r\n${entries.map(renderEntry).join("")}</list>\r\n`;
}

function renderEntry({ name, kind, modifiedSeconds, bytes }: DirectoryEntry): string {
  const mtime = new Date(modifiedSeconds * 1000).toISOString().replace(".000", "");
  const size = kind === "file" ? ` size="${bytes}"` : "";
  return `<${kind} mtime="${mtime}"${size}>${escapeHtml(name)}</${kind}>\r\n`;
}

/** Listings as JSON and JSONP (nginx: ngx_http_autoindex_json). */

import type { DirectoryEntry } from "../../http/core/directory.ts";
import { escapeJson } from "../../http/message/escape-json.ts";
import { formatHttpDate } from "../../http/message/http-date.ts";

export function renderJson(entries: readonly DirectoryEntry[]): string {
  return `[${entries.map(renderEntry).join(",")}\r\n]`;
}

/** The comment keeps the first bytes from being the caller's choice. */
export function renderJsonp(entries: readonly DirectoryEntry[], callback: string): string {
  return `/* callback */\r\n${callback}(${renderJson(entries)});`;
}

function renderEntry({ name, kind, modifiedSeconds, bytes }: DirectoryEntry): string {
  const size = kind === "file" ? `, "size":${bytes}` : "";
  return `\r\n{ "name":"${escapeJson(name)}", "type":"${kind}", "mtime":"${formatHttpDate(modifiedSeconds)}"${size} }`;
}

/** Listings as a page, in columns (nginx: ngx_http_autoindex_html). */

import type { DirectoryEntry } from "../../http/core/directory.ts";
import { escapeHtml, escapeUri } from "../../http/message/escape.ts";

export interface PageStyle {
  readonly sizes: "exact" | "rounded";
  readonly clock: "UTC" | "local";
  /** In UTF-8 characters are counted, else bytes. */
  readonly charset: "utf-8" | "other";
}

/** Width of the column of names; longer ones are cut. */
const NAME_CHARS_MAX = 50;
const ELLIPSIS = "..&gt;";
const KEPT_CHARS = NAME_CHARS_MAX - "..>".length;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `uri` is the directory's, decoded. */
export function renderHtml(uri: string, entries: readonly DirectoryEntry[], style: PageStyle): string {
  const title = `Index of ${escapeHtml(uri)}`;
  // nginx: the zone's offset of today, whenever the file was written
  const offsetSeconds = style.clock === "local" ? -new Date().getTimezoneOffset() * 60 : 0;
  const lines = entries.map((entry) => renderEntry(entry, style, offsetSeconds));
  return (
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<h1>${title}</h1><hr><pre><a href="../">../</a>\r\n` +
    `${lines.join("")}</pre><hr></body>\r\n</html>\r\n`
  );
}

function renderEntry(entry: DirectoryEntry, style: PageStyle, offsetSeconds: number): string {
  const isDirectory = entry.kind === "directory";
  const href = escapeUri(entry.name, "component") + (isDirectory ? "/" : "");
  const size = style.sizes === "exact" ? exactSize(entry) : roundedSize(entry);
  return `<a href="${href}">${nameColumn(entry.name, isDirectory, style.charset)} ${dateColumn(entry.modifiedSeconds + offsetSeconds)} ${size}\r\n`;
}

/** The name, the link's end and the spaces up to the next column. A directory's slash has to fit, too. */
function nameColumn(name: string, isDirectory: boolean, charset: PageStyle["charset"]): string {
  const chars = charset === "utf-8" ? utf8Chars(name) : undefined;
  const width = chars?.length ?? name.length;
  if (width > NAME_CHARS_MAX) return `${escapeHtml(chars?.slice(0, KEPT_CHARS).join("") ?? name.slice(0, KEPT_CHARS))}${ELLIPSIS}</a>`;
  const slash = isDirectory && width < NAME_CHARS_MAX ? "/" : "";
  return `${escapeHtml(name)}${slash}</a>${" ".repeat(NAME_CHARS_MAX - width - slash.length)}`;
}

/** A name's characters, each as its bytes; undefined when it is no UTF-8. */
function utf8Chars(name: string): readonly string[] | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(name, "latin1"));
    return Array.from(text, (char) => Buffer.from(char, "utf8").toString("latin1"));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function dateColumn(seconds: number): string {
  const date = new Date(seconds * 1000);
  const day = `${twoDigits(date.getUTCDate())}-${MONTHS[date.getUTCMonth()] ?? ""}-${date.getUTCFullYear()}`;
  return `${day} ${twoDigits(date.getUTCHours())}:${twoDigits(date.getUTCMinutes())}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

function exactSize({ kind, bytes }: DirectoryEntry): string {
  return (kind === "directory" ? "-" : String(bytes)).padStart(19);
}

/** Whole kilo-, mega- or gigabytes, rounded; below 10,000 bytes are bytes. */
function roundedSize({ kind, bytes }: DirectoryEntry): string {
  if (kind === "directory") return "      -";
  if (bytes >= 2 ** 30) return scaled(bytes, 2 ** 30, "G");
  if (bytes >= 2 ** 20) return scaled(bytes, 2 ** 20, "M");
  if (bytes > 9999) return scaled(bytes, 2 ** 10, "K");
  return String(bytes).padStart(7);
}

function scaled(bytes: number, unit: number, letter: string): string {
  return String(Math.round(bytes / unit)).padStart(6) + letter;
}

/** The client's fields as an upstream gets them: repeated ones joined where the first stood (nginx: ngx_http_link_multi_headers). */

import type { RequestHead } from "../http/message/request-head.ts";

/** Names and values in step. */
export interface RequestFields {
  /** Lower-case. */
  readonly names: readonly string[];
  /** As sent by the client. */
  readonly rawNames: readonly string[];
  readonly values: readonly string[];
}

/** Above this many fields a set looks for repeated names, below it a scan is quicker. */
const SCANNED_FIELDS_MAX = 24;

/** The head's own arrays when no name is repeated, else joined copies: ", " between values, "; " for Cookie. */
export function joinedRequestFields(head: RequestHead): RequestFields {
  const { fieldNames, fieldRawNames, fieldValues } = head;
  if (!hasRepeatedName(fieldNames)) return { names: fieldNames, rawNames: fieldRawNames, values: fieldValues };
  const places = new Map<string, number>();
  const names: string[] = [];
  const rawNames: string[] = [];
  const values: string[] = [];
  for (const [index, name] of fieldNames.entries()) {
    const value = fieldValues[index] ?? "";
    const place = places.get(name);
    if (place !== undefined) {
      values[place] += (name === "cookie" ? "; " : ", ") + value;
      continue;
    }
    places.set(name, names.length);
    names.push(name);
    rawNames.push(fieldRawNames[index] ?? name);
    values.push(value);
  }
  return { names, rawNames, values };
}

function hasRepeatedName(names: readonly string[]): boolean {
  if (names.length > SCANNED_FIELDS_MAX) return new Set(names).size !== names.length;
  for (let i = 0; i < names.length - 1; i++) if (names.indexOf(names[i] as string, i + 1) !== -1) return true;
  return false;
}

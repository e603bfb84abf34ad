/** The single directives behind a setting that can be written several times: `add_header`, `proxy_set_header`, `uwsgi_param`. */

import type { Block } from "../../config/bind.ts";
import type { Span } from "../../config/source.ts";

export interface WrittenItem {
  /** The first argument of most such directives; "" where there is none. */
  readonly name: string;
  /** Of the directive, or of something in it. */
  readonly span: Span;
}

/** Those in force in a block. None for a default, or a setting whose values do not say where they were written. */
export function itemsOf(block: Block, setting: string): readonly WrittenItem[] {
  const value = block.settings[setting];
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown): readonly WrittenItem[] => {
    const span = spanOf(item) ?? (isRecord(item) ? spanOf(item["value"]) : undefined);
    const name = isRecord(item) && typeof item["name"] === "string" ? item["name"] : "";
    return span === undefined ? [] : [{ name, span }];
  });
}

function spanOf(value: unknown): Span | undefined {
  if (!isRecord(value) || !isRecord(value["span"]) || !("source" in value["span"])) return undefined;
  // Nothing else that values keep under this name has a source.
  return value["span"] as unknown as Span;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

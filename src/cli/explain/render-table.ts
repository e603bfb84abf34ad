/** Lines in columns, with the place of each at its end. */

import { displayText } from "../../config/display-text.ts";
import { escapeControl } from "../../log/escape-control.ts";
import type { Place } from "./explanation.ts";
import { renderPlace } from "./place.ts";

export interface TableLine {
  /** Cells from the left, latin1; the last one may be as long as it likes. */
  readonly cells: readonly string[];
  readonly place: Place | null;
}

/** Longer cells push their own line apart and no other. */
const CELL_WIDTH_MAX = 32;
/** Places stand below each other up to here. */
const TEXT_WIDTH_MAX = 72;
const GAP = "  ";

/** Lines of text to display; `directory` is what places are relative to. */
export function renderTable(table: readonly TableLine[], indent: string, directory: string): readonly string[] {
  const lines = table.map(({ cells, place }) => ({ cells: cells.map(showText), place }));
  const columns = Math.max(0, ...lines.map(({ cells }) => cells.length - 1));
  const widths = Array.from({ length: columns }, (_, column) =>
    widthOf(
      lines.map(({ cells }) => cells[column] ?? ""),
      CELL_WIDTH_MAX,
    ),
  );
  const texts = lines.map(({ cells }) => indent + cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(GAP));
  const textWidth = widthOf(
    texts.filter((_, index) => lines[index]?.place !== null),
    TEXT_WIDTH_MAX,
  );
  return lines.map(({ place }, index) => {
    const text = texts[index] ?? "";
    return (place === null ? text : text.trimEnd().padEnd(textWidth) + GAP + showText(renderPlace(place, directory))).trimEnd();
  });
}

/** Bytes as the text they mostly are, without what a terminal would obey. */
export function showText(bytes: string): string {
  return displayText(escapeControl(bytes));
}

/** The width that fits all of the texts that are not too long. */
function widthOf(texts: readonly string[], max: number): number {
  return Math.max(0, ...texts.map((text) => text.trimEnd().length).filter((length) => length <= max));
}

/** A figure beside what is wanted of it. */
import { renderTable } from "../load/render-table.ts";

export interface Figure {
  /** What was measured, and of whom. */
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly decimals: number;
  /** Undefined where it is for comparison alone. */
  readonly bound?: { readonly kind: "at most" | "at least"; readonly value: number };
  /** Why it cannot be judged. */
  readonly remark?: string;
}

/** A title and a table. */
export function renderFigures(title: string, figures: readonly Figure[]): string {
  return `\n${title}\n${renderTable(["of", "figure", "unit", "wanted", ""], figures.map(textsOf))}`;
}

/** How many figures are not what is wanted; one with a remark is excused. */
export function missesOf(figures: readonly Figure[]): number {
  return figures.filter((figure) => figure.remark === undefined && !holds(figure)).length;
}

function textsOf(figure: Figure): string[] {
  const { what, value, unit, decimals, bound, remark } = figure;
  const verdict = holds(figure) ? "met" : remark === undefined ? "MISSED" : "not judged";
  const wanted = bound === undefined ? "" : `${bound.kind === "at most" ? "≤" : "≥"} ${bound.value}: ${verdict}`;
  return [what, value.toFixed(decimals), unit, wanted, remark ?? ""];
}

function holds({ value, bound }: Figure): boolean {
  if (bound === undefined) return true;
  return bound.kind === "at most" ? value <= bound.value : value >= bound.value;
}

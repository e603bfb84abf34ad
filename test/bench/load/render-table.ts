/** Tables for a terminal. */

const NUMBER = /^(?:[-\d.,]+|–)$/;

/** Columns as wide as their widest text; what looks like a number stands to the right. Every line ends with a line feed. */
export function renderTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const isNumeric = columns.map((_, column) => rows.length > 0 && rows.every((row) => NUMBER.test(row[column] ?? "")));
  return [columns, ...rows]
    .map((line) => line.map((text, column) => pad(text, widths[column] ?? 0, isNumeric[column] === true)).join("  "))
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

function pad(text: string, width: number, isNumeric: boolean): string {
  return isNumeric ? text.padStart(width) : text.padEnd(width);
}

/** Numbers, sizes and times as nginx reads them (ngx_parse.c, ngx_string.c); each gives undefined for text that is none. */

const DIGITS = /^\d+$/;
const SIZE = /^(\d+)([kKmM]?)$/;
const OFFSET = /^(\d+)([kKmMgG]?)$/;
const SCALES: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

export function parseCount(text: string): number | undefined {
  return DIGITS.test(text) ? safe(Number(text)) : undefined;
}

/** Bytes from `10`, `4k`, `1m`. */
export function parseSize(text: string): number | undefined {
  return scaled(SIZE.exec(text));
}

/** Bytes as a size, or with `g`. */
export function parseOffset(text: string): number | undefined {
  return scaled(OFFSET.exec(text));
}

function scaled(found: RegExpExecArray | null): number | undefined {
  if (found === null) return undefined;
  return safe(Number(found[1]) * (SCALES[(found[2] ?? "").toLowerCase()] ?? 1));
}

/** nginx refuses what overflows a machine word; here what is no exact integer. */
function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Units from the greatest to the least, each allowed once and only in this order; "" is seconds, and only last. */
const SECONDS: readonly (readonly [unit: string, seconds: number])[] = [
  ["y", 365 * 86_400],
  ["M", 30 * 86_400],
  ["w", 7 * 86_400],
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
];

/** Whole seconds from `30`, `1h 30m`, `1y`; no milliseconds. */
export function parseSeconds(text: string): number | undefined {
  return parseTime(text, 0, false);
}

/** Milliseconds from `500ms`, `30`, `1h 30m`; years and months are not taken, as in nginx. */
export function parseMilliseconds(text: string): number | undefined {
  return parseTime(text, 2, true);
}

const TIME_PART = /(\d*)(ms|[yMwdhms ]|$) */y;

/** Where `ms` stands in the order of units, and where a number closed by a blank does: behind `s`. */
const MS_STEP = SECONDS.length;

function parseTime(text: string, firstStep: number, inMs: boolean): number | undefined {
  if (!/\d/.test(text)) return undefined;
  const scale = inMs ? 1000 : 1;
  let total = 0;
  let step = firstStep;
  for (let at = 0; at < text.length; at = TIME_PART.lastIndex) {
    TIME_PART.lastIndex = at;
    const found = TIME_PART.exec(text);
    if (found === null) return undefined;
    const amount = Number(found[1]);
    const unit = found[2] ?? "";
    if (unit === "") {
      // A bare number at the end is seconds, whatever unit came before it.
      total += amount * scale;
      break;
    }
    if (unit === "ms") {
      if (!inMs || step > MS_STEP) return undefined;
      total += amount;
      step = MS_STEP + 1;
      continue;
    }
    const unitStep = unit === " " ? MS_STEP - 1 : SECONDS.findIndex(([name]) => name === unit);
    if (step > unitStep) return undefined;
    total += amount * (SECONDS[unitStep]?.[1] ?? 1) * scale;
    step = unit === " " ? MS_STEP + 2 : unitStep + 1;
  }
  return safe(total);
}

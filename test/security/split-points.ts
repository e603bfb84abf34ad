/** Where to cut bytes in two, so that a parser is tried on every boundary. */

const POINTS_MAX = 260;

/** Every offset inside `length` bytes; for long texts so many of them, evenly spaced. */
export function splitPoints(length: number): readonly number[] {
  const count = Math.min(length - 1, POINTS_MAX);
  return Array.from({ length: count }, (_, index) => 1 + Math.floor((index * (length - 1)) / count));
}

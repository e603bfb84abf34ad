/** The one line on a terminal that says what is being measured; nothing where stderr is no terminal. */

const CLEAR_LINE = "\r\x1b[K";

/** Replaces the line; an empty text removes it. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE + text);
}

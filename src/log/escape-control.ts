/** Keeps clients from forging log lines: what could end or overwrite a line is printed as `\xHH`. */

const CONTROL = /[\x00-\x1f\x7f]/;
const CONTROLS = /[\x00-\x1f\x7f]/g;

/** The text with its control characters written as `\x0A`, `\x1B` …; bytes above 0x7f stay (nginx writes them raw). */
export function escapeControl(text: string): string {
  return CONTROL.test(text) ? text.replace(CONTROLS, renderByte) : text;
}

/** One char as `\xHH` with upper-case digits, the form nginx's logs use. */
export function renderByte(char: string): string {
  const code = char.charCodeAt(0);
  return `\\x${code < 16 ? "0" : ""}${code.toString(16).toUpperCase()}`;
}

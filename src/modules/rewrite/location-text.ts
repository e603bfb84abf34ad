/** The value of a Location field out of a request's variables. */

const CONTROL = /[\0-\x1f\x7f]/g;

/**
 * Nothing from a decoded URI may begin a new field line: nginx sends such bytes as they are (`return 301 $uri` with %0d%0a), here control
 * characters are escaped again.
 */
export function locationText(text: string): string {
  return text.replace(CONTROL, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

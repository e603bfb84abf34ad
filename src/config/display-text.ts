/** Bytes of a configuration as people read them: UTF-8 where they are UTF-8, and nothing that steers a terminal. */

/** Turns latin1 text into display text; control characters become U+FFFD, a tab one space. */
export function displayText(text: string): string {
  const decoded = /[\x80-\xff]/.test(text) ? Buffer.from(text, "latin1").toString("utf8") : text;
  return decoded.replaceAll("\t", " ").replace(/[\x00-\x1f\x7f-\x9f]/g, "\ufffd");
}

/** Copies text that outlives its message. */

/** The same latin1 text in memory of its own: a slice would keep the whole receive buffer's text alive for as long as it is remembered. */
export function detachText(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}

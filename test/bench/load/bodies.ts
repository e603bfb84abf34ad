/** The bodies that servers are to answer with. */

const WORDS = "the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you were";

/** Printable text of exactly `bytes` bytes in which no two lines are alike, so a shifted or repeated slice is noticed. */
export function numberedText(bytes: number): string {
  let text = "";
  for (let line = 0; text.length < bytes; line++) text += `line ${line} of the body that the load bench asks for\n`;
  return text.slice(0, bytes);
}

/** Text of exactly `bytes` bytes that compresses about as prose does: words and numbers in an order without pattern, the same in each run. */
export function proseText(bytes: number): string {
  const words = WORDS.split(" ");
  let text = "";
  // A linear congruential generator (Knuth's MMIX constants have 64 bits; these are the 32-bit ones of "Numerical Recipes").
  for (let state = 1; text.length < bytes; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const word = words[(state >>> 16) % words.length] ?? "";
    text += state % 5 === 0 ? `${word}${(state >>> 20).toString(36)} ` : state % 11 === 0 ? `${word}.\n` : `${word} `;
  }
  return text.slice(0, bytes);
}

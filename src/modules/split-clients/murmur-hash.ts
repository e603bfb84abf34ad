/** MurmurHash2, 32 bits, seed 0 ^ length. Source: Austin Appleby, public domain; nginx: ngx_murmur_hash2. */

const MULTIPLIER = 0x5bd1e995;

/** The hash of latin1 text, an unsigned number. */
export function murmurHash2(text: string): number {
  let hash = text.length;
  let at = 0;
  for (; text.length - at >= 4; at += 4) {
    let word = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8) | (text.charCodeAt(at + 2) << 16) | (text.charCodeAt(at + 3) << 24);
    word = Math.imul(word, MULTIPLIER);
    word ^= word >>> 24;
    word = Math.imul(word, MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  const left = text.length - at;
  if (left >= 3) hash ^= text.charCodeAt(at + 2) << 16;
  if (left >= 2) hash ^= text.charCodeAt(at + 1) << 8;
  if (left >= 1) hash = Math.imul(hash ^ text.charCodeAt(at), MULTIPLIER);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, MULTIPLIER);
  return (hash ^ (hash >>> 15)) >>> 0;
}

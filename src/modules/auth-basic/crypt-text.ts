/** How crypt(3) writes digests: three bytes as four characters of its own alphabet, the lowest six bits first. */

const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `order` names the digest's bytes by three, the highest first. A last group of fewer bytes has fewer characters. */
export function cryptText(digest: Buffer, order: readonly (readonly number[])[]): string {
  let text = "";
  for (const group of order) {
    let bits = group.reduce((sum, index) => sum * 256 + (digest[index] ?? 0), 0);
    for (let characters = group.length + 1; characters > 0; characters--) {
      text += ALPHABET[bits & 63];
      bits >>= 6;
    }
  }
  return text;
}

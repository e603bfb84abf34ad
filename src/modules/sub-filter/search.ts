/** Looks for several texts at once, in any ASCII case: the leftmost is found, of two that begin in the same place the one written first. */

export interface Found {
  /** The text's place in the configuration's order. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** A text to look for, in lower case, never empty. */
interface Wanted {
  readonly index: number;
  readonly lower: string;
}

export class Search {
  private readonly wanted: readonly Wanted[];
  private readonly pattern: RegExp;
  private readonly lengthMax: number;

  private constructor(wanted: readonly Wanted[]) {
    this.wanted = wanted;
    this.pattern = new RegExp(wanted.map(({ lower }) => `(${patternOf(lower)})`).join("|"), "g");
    this.lengthMax = Math.max(...wanted.map(({ lower }) => lower.length));
  }

  /** Undefined when no text is left to look for: empty ones are found nowhere. */
  static of(texts: readonly string[]): Search | undefined {
    const wanted = texts.map((text, index) => ({ index, lower: lowerCase(text) })).filter(({ lower }) => lower !== "");
    return wanted.length === 0 ? undefined : new Search(wanted);
  }

  without(index: number): Search | undefined {
    const left = this.wanted.filter((each) => each.index !== index);
    return left.length === 0 ? undefined : new Search(left);
  }

  next(text: string, from: number): Found | undefined {
    this.pattern.lastIndex = from;
    const found = this.pattern.exec(text);
    if (found === null) return undefined;
    const which = this.wanted[found.indexOf(found[0], 1) - 1];
    return which && { index: which.index, start: found.index, end: found.index + found[0].length };
  }

  /** Where, not before `from`, the rest of the text may be the beginning of a match; its length when it cannot. */
  firstBeginning(text: string, from: number): number {
    const first = Math.max(from, text.length - this.lengthMax + 1);
    const tail = lowerCase(text.slice(first));
    for (let at = 0; at < tail.length; at++) {
      const rest = tail.slice(at);
      if (this.wanted.some(({ lower }) => lower.length > rest.length && lower.startsWith(rest))) return first + at;
    }
    return text.length;
  }
}

/** ASCII letters alone, as nginx does it: other bytes are no letters to it. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function patternOf(lower: string): string {
  return lower.replace(/[^0-9]/g, (char) =>
    char >= "a" && char <= "z" ? `[${char}${char.toUpperCase()}]` : `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** A parameter's text with its variables and backslashes resolved (nginx: ngx_http_ssi_evaluate_string). */

import type { SsiValues } from "./ssi-values.ts";

/** What is wrong with a command: a line for the error log, and the page shows `errmsg` in its place. */
export class SsiMistake {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

const PIECES = /\\([\s\S]?)|\$(?:\{([A-Za-z0-9_]*)(\}?)|([A-Za-z0-9_]*))|[^\\$]+/g;

/** A variable without a value leaves nothing behind. */
export function evaluateText(text: string, values: SsiValues): string | SsiMistake {
  let result = "";
  for (const [piece, escaped, bracketed, closing, plain] of text.matchAll(PIECES)) {
    if (escaped !== undefined) result += withoutBackslash(piece, escaped);
    else if (bracketed === undefined && plain === undefined) result += piece;
    else if (bracketed !== undefined && closing === "") return new SsiMistake(`the closing bracket in "${bracketed}" variable is missing`);
    else {
      const name = bracketed ?? plain ?? "";
      if (name === "") return new SsiMistake(`invalid variable name in "${text}"`);
      result += values.get(name) ?? "";
    }
  }
  return result;
}

/** A backslash goes from before itself, a quote or a dollar sign, and stays elsewhere. */
function withoutBackslash(written: string, character: string): string {
  return character === "" || "\\'\"$".includes(character) ? character : written;
}

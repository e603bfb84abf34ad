/** Replaces texts in one body, also where they begin in one piece and end in another. What is put in is not searched again. */

import type { ByteTransform } from "../../http/transformed-stream.ts";
import type { Search } from "./search.ts";

export interface SubstitutionRules {
  /** Asked at the first match of a text, and remembered. */
  readonly replacementOf: (index: number) => string;
  /** Each text is replaced where it is found first, and not again. */
  readonly once: boolean;
  /** Nothing waits past the end of a line: server-sent events have to arrive whole. */
  readonly releasesLines: boolean;
}

export class Substitution implements ByteTransform {
  private readonly rules: SubstitutionRules;
  private readonly replacements: (string | undefined)[];
  private search: Search | undefined;
  /** The end of what came so far, which may be the beginning of a match. */
  private held: string;

  constructor(search: Search, rules: SubstitutionRules) {
    this.rules = rules;
    this.replacements = [];
    this.search = search;
    this.held = "";
  }

  push(piece: Buffer): Buffer {
    if (this.search === undefined && this.held === "") return piece;
    const text = this.held + piece.toString("latin1");
    const given = this.replace(text, this.rules.releasesLines && text.endsWith("\n"));
    return given.length === piece.length && given === text ? piece : Buffer.from(given, "latin1");
  }

  flush(): Buffer {
    return Buffer.from(this.replace(this.held, true), "latin1");
  }

  private replace(text: string, isEnd: boolean): string {
    let given = "";
    let at = 0;
    let { search } = this;
    let heldFrom = isEnd ? text.length : (search?.firstBeginning(text, 0) ?? text.length);
    for (let found = search?.next(text, 0); found !== undefined && found.start < heldFrom; found = search?.next(text, at)) {
      given += text.slice(at, found.start) + this.replacement(found.index);
      at = found.end;
      if (this.rules.once) search = search?.without(found.index);
      if (!isEnd && (this.rules.once || at > heldFrom)) heldFrom = search?.firstBeginning(text, at) ?? text.length;
    }
    this.search = search;
    this.held = text.slice(heldFrom);
    return given + text.slice(at, heldFrom);
  }

  private replacement(index: number): string {
    let text = this.replacements[index];
    if (text === undefined) {
      text = this.rules.replacementOf(index);
      this.replacements[index] = text;
    }
    return text;
  }
}

/** Finds text and commands in a page that comes in pieces, wherever these are cut. */

import { readCommand, type SsiCommand } from "./read-command.ts";

export type SsiToken =
  | { readonly kind: "text"; readonly text: string }
  | (SsiCommand & { readonly source: string })
  | { readonly kind: "mistake"; readonly message: string };

const OPENING = "<!--#";
const CLOSING = "-->";

export class SsiScanner {
  private readonly valueLengthMax: number;
  /** Octets of a command that is not whole yet: more than a sound one can have without padding. */
  private readonly heldMax: number;
  private held = "";
  /** A command was void: everything up to its end is dropped. */
  private isSkipping = false;

  constructor(valueLengthMax: number) {
    this.valueLengthMax = valueLengthMax;
    this.heldMax = 65_536 + 32 * valueLengthMax;
  }

  /** latin1. */
  push(text: string): void {
    this.held += text;
  }

  /** Undefined: more text is needed. */
  next(): SsiToken | undefined {
    if (this.isSkipping && !this.skip()) return undefined;
    const { held } = this;
    const opening = held.indexOf(OPENING);
    if (opening !== 0) return this.takeText(opening === -1 ? held.length - heldBack(held) : opening);
    const reading = readCommand(held, OPENING.length, this.valueLengthMax);
    switch (reading.kind) {
      case "command":
        return { ...reading, source: this.take(reading.end) };
      case "mistake":
        this.take(reading.end);
        this.isSkipping = true;
        return { kind: "mistake", message: reading.message };
      case "more":
        if (held.length <= this.heldMax) return undefined;
        this.isSkipping = true;
        return { kind: "mistake", message: "the SSI command is too long" };
    }
  }

  /** The page is over: text that could have become a command. What has begun as one is dropped. */
  rest(): string {
    return this.isSkipping || this.held.startsWith(OPENING) ? "" : this.take(this.held.length);
  }

  private takeText(length: number): SsiToken | undefined {
    return length === 0 ? undefined : { kind: "text", text: this.take(length) };
  }

  private take(length: number): string {
    const text = this.held.slice(0, length);
    this.held = this.held.slice(length);
    return text;
  }

  private skip(): boolean {
    const closing = this.held.indexOf(CLOSING);
    if (closing === -1) {
      this.held = this.held.slice(-CLOSING.length + 1);
      return false;
    }
    this.take(closing + CLOSING.length);
    this.isSkipping = false;
    return true;
  }
}

/** How many characters at the end of a text may be the beginning of a command. */
function heldBack(text: string): number {
  for (let length = Math.min(OPENING.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(OPENING.slice(0, length))) return length;
  }
  return 0;
}

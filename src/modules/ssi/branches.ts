/** Which parts of a page are shown: `if`, `elif`, `else`, `endif`, and the text of a `block` (nginx: one level of each). */

import { SsiMistake } from "./evaluate-text.ts";

export class Branches {
  /** What stands here goes to the client. */
  isShown = true;
  /** Name of the block that is being read. */
  private blockName: string | undefined = undefined;
  private blockText = "";
  private conditional: "none" | "if" | "else" = "none";
  private isChosen = false;

  get isInBlock(): boolean {
    return this.blockName !== undefined;
  }

  addToBlock(text: string): void {
    this.blockText += text;
  }

  /** Undefined: it may stand here. `conditional`: behind what it belongs. */
  judge(name: string, conditional: "if" | "else"): SsiMistake | undefined {
    const isOutside = this.conditional === "none" || (this.conditional === "else" && conditional === "if");
    return isOutside ? new SsiMistake(`invalid context of SSI command: "${name}"`) : undefined;
  }

  /** `holds` is asked unless a branch before has been shown. */
  branch(name: "if" | "elif", holds: () => boolean | SsiMistake): SsiMistake | undefined {
    if (name === "if" && this.conditional !== "none") return new SsiMistake('the "if" command inside the "if" command');
    if (this.isChosen) {
      this.isShown = false;
      return undefined;
    }
    const isTrue = holds();
    if (isTrue instanceof SsiMistake) return isTrue;
    this.isShown = isTrue;
    this.isChosen = isTrue;
    this.conditional = "if";
    return undefined;
  }

  otherwise(): undefined {
    this.isShown = !this.isChosen;
    this.conditional = "else";
  }

  endBranches(): undefined {
    this.isShown = true;
    this.isChosen = false;
    this.conditional = "none";
  }

  beginBlock(name: string): undefined {
    this.isShown = false;
    this.blockName = name;
    this.blockText = "";
  }

  /** The block that ends here, if one had begun. */
  endBlock(): { readonly name: string; readonly text: string } | undefined {
    const name = this.blockName;
    this.isShown = true;
    this.blockName = undefined;
    return name === undefined ? undefined : { name, text: this.blockText };
  }
}

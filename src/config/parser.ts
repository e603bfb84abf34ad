/** Makes the tree of one text. Mistakes are reported in nginx's words, and reading goes on after the next ";" or "}". */

import type { Diagnostic } from "./diagnostic.ts";
import { createLexer, endMessage, type Token } from "./lexer.ts";
import type { Source, Span } from "./source.ts";
import type { Arg, Statement } from "./tree.ts";
import { describeUnclosedBlock } from "./unclosed-block.ts";

export interface ParsedText {
  readonly statements: readonly Statement[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Blocks in blocks that are followed; nginx has no limit but its stack. What lies deeper is reported and left out. */
export const BLOCK_DEPTH_MAX = 100;

/** Never throws; what could be read is in `statements`. */
export function parse(source: Source): ParsedText {
  const diagnostics: Diagnostic[] = [];
  const lexer = createLexer(source, diagnostics);
  const statements: Statement[] = [];
  // Contents of the blocks whose "}" has not come yet.
  const open: Statement[][] = [];
  let current = statements;
  let name: Token | undefined;
  let args: Arg[] = [];
  let mistakesBefore = 0;

  for (;;) {
    const token = lexer.next();
    switch (token.kind) {
      case "word":
        if (name === undefined) name = token;
        else args.push(token);
        continue;
      case ";":
        if (name === undefined) diagnostics.push(unexpected(token, "nothing stands before it"));
        // A directive with a mistake in its words is not judged further.
        else if (diagnostics.length === mistakesBefore) current.push(statementOf(name, args, undefined));
        break;
      case "{": {
        const refusal = refuseBlock(source, name, token, open.length);
        const block: Statement[] = [];
        if (refusal !== undefined) diagnostics.push(refusal);
        else if (name !== undefined) current.push(statementOf(name, args, block));
        open.push(block);
        current = block;
        break;
      }
      case "}": {
        if (name !== undefined) {
          diagnostics.push(unexpected(token, 'a ";" is missing before it'));
          current.push(statementOf(name, args, undefined));
        } else if (open.length === 0) {
          diagnostics.push(unexpected(token, "no block is open here"));
        }
        open.pop();
        current = open[open.length - 1] ?? statements;
        break;
      }
      case "end": {
        const unfinished = lexer.endsInWord() ? undefined : unfinishedAt(token.span, name, open.length);
        if (unfinished !== undefined) diagnostics.push(unfinished);
        return { statements, diagnostics };
      }
    }
    name = undefined;
    args = [];
    mistakesBefore = diagnostics.length;
  }
}

function statementOf(name: Arg, args: readonly Arg[], block: readonly Statement[] | undefined): Statement {
  const last = args[args.length - 1] ?? name;
  // A list that grew by pushing holds room for more: with a hundred thousand directives, a tenth of all that is kept.
  return { name, args: args.slice(), block, span: { source: name.span.source, start: name.span.start, end: last.span.end } };
}

/** Why a block cannot be opened here; its content is read past. */
function refuseBlock(source: Source, name: Token | undefined, brace: Token, depth: number): Diagnostic | undefined {
  if (name === undefined) return unexpected(brace, "a block needs a name before it");
  if (source.kind === "command line") {
    const message = "block directives are not supported in -g option";
    return { level: "emerg", code: "block-in-command-line", message, span: name.span };
  }
  if (depth < BLOCK_DEPTH_MAX) return undefined;
  // Said once, not again for every block inside it.
  if (depth > BLOCK_DEPTH_MAX) return undefined;
  const message = `blocks are nested more than ${BLOCK_DEPTH_MAX} deep`;
  return { level: "emerg", code: "blocks-too-deep", message, span: brace.span };
}

function unexpected(token: Token, hint: string): Diagnostic {
  return { level: "emerg", code: "unexpected-character", message: `unexpected "${token.text}"`, span: token.span, hint };
}

/** What is missing at the end of the text: a directive's ";", or a block's "}". */
function unfinishedAt(span: Span, name: Token | undefined, openBlocks: number): Diagnostic | undefined {
  if (name !== undefined) {
    return { level: "emerg", code: "unexpected-end", message: endMessage(span.source), span, hint: 'a ";" is missing' };
  }
  if (openBlocks === 0) return undefined;
  const hint = describeUnclosedBlock(span.source);
  return { level: "emerg", code: "unexpected-end", message: 'unexpected end of file, expecting "}"', span, hint };
}

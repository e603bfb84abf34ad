/** What a `location` block is called: modifier, name and compiled pattern, known before anything in it is compiled. */

import type { Block } from "../config/bind.ts";
import type { Diagnostic } from "../config/diagnostic.ts";
import { partSpan } from "../config/tree.ts";
import type { NamedCapture } from "../http/compiled.ts";
import { suspectBacktracking } from "../http/routing/backtracking.ts";
import { translatePcre } from "../http/routing/pcre.ts";
import type { VariableRegistry } from "../http/variables.ts";

export type LocationModifier = "" | "=" | "^~" | "~" | "~*" | "@";

export interface LocationDraft {
  readonly block: Block;
  readonly modifier: LocationModifier;
  /** URI, "@name" or pattern. */
  readonly name: string;
  /** As `explain` and messages call it: "= /x", "~ \.php$", "/", "@name". */
  readonly label: string;
  readonly regex: RegExp | undefined;
  readonly namedCaptures: readonly NamedCapture[];
}

/** Of all locations without a pattern. */
const NO_CAPTURES: readonly never[] = [];

/** Undefined when the block's arguments make no location: said in `diagnostics`. */
export function draftLocation(block: Block, variables: VariableRegistry, diagnostics: Diagnostic[]): LocationDraft | undefined {
  const parsed = modifierAndName(block);
  if (parsed === undefined) {
    const message = `invalid location modifier "${block.args[0]?.text}"`;
    diagnostics.push({
      level: "emerg",
      code: "invalid-location",
      message,
      span: block.args[0]?.span ?? block.span,
      hint: "one of = ~ ~* ^~",
    });
    return undefined;
  }
  const { modifier, name } = parsed;
  const label = modifier === "" || modifier === "@" ? name : `${modifier} ${name}`;
  if (modifier !== "~" && modifier !== "~*") return { block, modifier, name, label, regex: undefined, namedCaptures: NO_CAPTURES };
  const pattern = compilePattern(block, name, modifier === "~*", variables, diagnostics);
  return pattern === undefined ? undefined : { block, modifier, name, label, ...pattern };
}

/** A modifier may be a word of its own or stand at the name's head: `location =/x`. */
function modifierAndName(block: Block): { modifier: LocationModifier; name: string } | undefined {
  const [first, second] = block.args.map((arg) => arg.text);
  if (second !== undefined) {
    return first === "=" || first === "^~" || first === "~" || first === "~*" ? { modifier: first, name: second } : undefined;
  }
  const [, modifier = "", name = ""] = /^(=|\^~|~\*|~|)(.*)$/s.exec(first ?? "") ?? [];
  if (modifier === "" && name.startsWith("@")) return { modifier: "@", name };
  // The cast holds because the expression matches no other words.
  return { modifier: modifier as LocationModifier, name };
}

function compilePattern(
  block: Block,
  pattern: string,
  caseless: boolean,
  variables: VariableRegistry,
  diagnostics: Diagnostic[],
): Pick<LocationDraft, "regex" | "namedCaptures"> | undefined {
  const arg = block.args[block.args.length - 1];
  const translation = translatePcre(pattern, { caseless });
  if ("refusal" in translation) {
    const { message, start, end, hint } = translation.refusal;
    const offset = (arg?.text.length ?? 0) - pattern.length;
    const span = arg === undefined ? block.span : partSpan(arg, offset + start, offset + end);
    diagnostics.push({
      level: "emerg",
      code: "invalid-pattern",
      message: `${message} in "${pattern}"`,
      span,
      ...(hint === undefined ? {} : { hint }),
    });
    return undefined;
  }
  const suspicion = suspectBacktracking(pattern);
  if (suspicion !== undefined) {
    diagnostics.push({
      level: "warn",
      code: "slow-pattern",
      message: `"${pattern}" may take very long on some URIs: ${suspicion}`,
      span: arg?.span ?? block.span,
    });
  }
  return { regex: translation.regexp, namedCaptures: translation.names.map((group) => ({ index: variables.declare(group), group })) };
}

/** `disable_symlinks`: how paths below the root may be linked (nginx: ngx_http_core_module, ngx_http_set_disable_symlinks). */

import { defineDirectives, one } from "../../config/define-directives.ts";
import type { Report } from "../../config/report.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import { type Arg, argFrom } from "../../config/tree.ts";
import type { Scope } from "../module.ts";
import type { Evaluate } from "../template.ts";

const MODES = ["off", "on", "if_not_owner"] as const;

type Mode = (typeof MODES)[number];

interface DisableSymlinks {
  readonly mode: Mode;
  /** The beginning of a path that is trusted. */
  readonly from: TemplateText | undefined;
}

export const disableSymlinksDirectives = defineDirectives({
  disable_symlinks: one({
    in: ["http", "server", "location"],
    parse: readDisableSymlinks,
    arity: [1, 2],
    syntax: "off | on | if_not_owner [from=part]",
    default: { mode: "off" as Mode, from: undefined as TemplateText | undefined },
  }),
});

/** What a location's handlers close over where links are not followed blindly. */
export interface LinkRule {
  /** `on`: no link; `if_not_owner`: none whose owner is not that of what it leads to. */
  readonly mode: "on" | "if_not_owner";
  readonly from: Evaluate;
}

/** Undefined where links are followed. */
export function compileLinkRule(scope: Scope): LinkRule | undefined {
  const { mode, from } = scope.settings(disableSymlinksDirectives).disable_symlinks;
  if (mode === "off") return undefined;
  return { mode, from: from === undefined ? () => "" : scope.template(from).evaluate };
}

function readDisableSymlinks(args: readonly Arg[], report: Report): DisableSymlinks | undefined {
  let mode: Mode | undefined;
  let from: Arg | undefined;
  for (const arg of args) {
    const known = MODES.find((each) => each === arg.text);
    if (known !== undefined) mode = known;
    else if (arg.text.startsWith("from=")) from = argFrom(arg, "from=".length);
    else return report.error(`invalid parameter "${arg.text}"`, arg.span);
  }
  if (mode === undefined) return report.error('"disable_symlinks" must have "off", "on" or "if_not_owner" parameter');
  if (args.length === 2 && from === undefined) return report.error(`duplicate parameters "${args.map(({ text }) => text).join(" ")}"`);
  if (mode === "off" && from !== undefined) return report.error('"from=" cannot be used with "off" parameter', from.span);
  return { mode, from: from === undefined || from.text === "" ? undefined : parseTemplateText(from, report) };
}
